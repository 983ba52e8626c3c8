"""Why the list of deviations cannot be shorter: sets of printed cells that no cards satisfy.

The sets share no cell. Each counts by how many cells any 32 cards must miss within it at least;
the sum over the sets is a lower bound for the number of deviations, and the reconstruction
reaches it. What is assumed beside the cells: a year has 12 months, a part is not larger than its
whole, people were either warned, fined or arrested, and two of the assemblies were organised by
public organisations, which chapter 5 of the report names.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from tests.published.printed import how_printed, number

Key = tuple[str, str, str]
Printed = Mapping[Key, str]

ORGANISATIONS = 2
PLACES = (
    "almaty",
    "astana",
    "uralsk",
    "shymkent",
    "ust-kamenogorsk",
    "aktobe",
    "taldykorgan",
    "semey",
)
WITH_DETENTIONS = tuple(place for place in PLACES if place != "ust-kamenogorsk")
WITH_COURTS = ("astana", "almaty", "aktobe", "semey", "uralsk", "taldykorgan")


@dataclass(frozen=True)
class Conflict:
    """Cells (table, row, column) of 2018, and the fewest of them that any cards miss."""

    why: str
    cells: tuple[Key, ...]
    fewest: Callable[[Printed], int]


def column(table: str, rows: tuple[str, ...], name: str) -> tuple[Key, ...]:
    return tuple((table, row, name) for row in rows)


def total(printed: Printed, cells: tuple[Key, ...]) -> Fraction:
    return sum((number(printed[cell]) for cell in cells), Fraction())


def one_quantity(first: Key, second: Key) -> Conflict:
    """A count that is printed in two places, differently."""
    return Conflict(
        f"{first} and {second} are one quantity",
        (first, second),
        lambda printed: int(number(printed[first]) != number(printed[second])),
    )


def no_share(share: Key, whole: Key) -> Conflict:
    """A percentage that no part of the printed whole has."""

    def fewest(printed: Printed) -> int:
        of = int(number(printed[whole]))
        parts = (Fraction(100 * part, of) for part in range(of + 1))
        return int(not any(how_printed(printed[share], part) for part in parts))

    return Conflict(f"{share}: no part of the whole has that share", (share, whole), fewest)


def percent(share: Key, part: tuple[Key, ...], whole: tuple[Key, ...]) -> Conflict:
    """A percentage whose printed part and whole give another one."""

    def fewest(printed: Printed) -> int:
        exact = 100 * total(printed, part) / total(printed, whole)
        return int(how_printed(printed[share], exact) is None)

    cells = tuple(dict.fromkeys((share, *part, *whole)))
    return Conflict(f"{share}: part and whole give another share", cells, fewest)


PER_MONTH = (("3", "aktobe", "rally_activity_index"), ("1", "aktobe", "assemblies"))


def _per_month(printed: Printed) -> int:
    index, assemblies = (printed[cell] for cell in PER_MONTH)
    half_months = range(1, 25)
    indices = (number(assemblies) / Fraction(half, 2) for half in half_months)
    return int(not any(how_printed(index, value) for value in indices))


ORGANISERS = (
    (("5", "public_organisations", "share"), 0),
    (("6", "public_organisation", "share"), 0),
    (("6", "spontaneous_group", "share"), 1),
    (("6", "individual", "share"), 2),
    (("text", "TOTAL", "organiser_spontaneous"), 1),
    (("text", "TOTAL", "organiser_individual"), 2),
)


def missed_by_organisers(printed: Printed, cards: int, organisations: range) -> int:
    """The fewest cells on organisers that any distribution over at most so many cards misses.

    Cards whose organiser is unknown leave the shares, so every known number is tried.
    """
    return min(
        sum(
            how_printed(printed[cell], Fraction(100 * kinds[kind], known)) is None
            for cell, kind in ORGANISERS
        )
        for known in range(1, cards + 1)
        for public in organisations
        for groups in range(known - public + 1)
        for kinds in ((public, groups, known - public - groups),)
    )


def _organisers(printed: Printed) -> int:
    return missed_by_organisers(printed, 32, range(ORGANISATIONS, ORGANISATIONS + 1))


UNSANCTIONED = (("11", "TOTAL", "unsanctioned"), ("3", "TOTAL", "rally_activity_index"))


def _unsanctioned(printed: Printed) -> int:
    unsanctioned, index = (printed[cell] for cell in UNSANCTIONED)
    enough = range(int(number(unsanctioned)), 1000)
    return int(not any(how_printed(index, Fraction(assemblies, 12)) for assemblies in enough))


PARTICIPANTS = (
    *column("14", PLACES, "participants"),
    ("14", "TOTAL", "participants"),
    ("text", "TOTAL", "participants"),
)


def _participants(printed: Printed) -> int:
    *rows, in_table, in_text = PARTICIPANTS
    named = (total(printed, tuple(rows)), number(printed[in_table]), number(printed[in_text]))
    # Whichever is the truth: each of the others is wrong, the sum by one row at least.
    return min(sum(figure != truth for figure in named) for truth in named)


DETAINED_SOMEBODY = column("16", WITH_DETENTIONS, "assemblies_with_detentions")
ALL_ASSEMBLIES = column("2", PLACES, "assemblies")
WITHOUT = ("text", "TOTAL", "assemblies_without_consequences")


def _without_consequences(printed: Printed) -> int:
    left = total(printed, ALL_ASSEMBLIES) - total(printed, DETAINED_SOMEBODY)
    return int(number(printed[WITHOUT]) > left)


CONFLICTS = (
    no_share(("1", "ust-kamenogorsk", "share"), ("1", "TOTAL", "assemblies")),
    no_share(("1", "semey", "share"), ("2", "TOTAL", "assemblies")),
    Conflict("two assemblies a year are more than 0.08 a month", PER_MONTH, _per_month),
    Conflict(
        "2 of at most 32 with 6, 61 and 33 %; and 33 % is not 36 %",
        tuple(cell for cell, _ in ORGANISERS),
        _organisers,
    ),
    one_quantity(("8", "picket", "assemblies"), ("7", "picket", "assemblies")),
    one_quantity(("8", "picket", "share"), ("7", "picket", "share")),
    one_quantity(("11", "TOTAL", "assemblies"), ("7", "TOTAL", "assemblies")),
    Conflict("more unsanctioned than 12 months have at that index", UNSANCTIONED, _unsanctioned),
    Conflict("rows, total and text give three sums", PARTICIPANTS, _participants),
    one_quantity(("text", "TOTAL", "police"), ("14", "TOTAL", "police")),
    one_quantity(
        ("text", "TOTAL", "assemblies_with_detentions"),
        ("16", "TOTAL", "assemblies_with_detentions"),
    ),
    Conflict(
        "more without consequences than without detentions",
        (WITHOUT, *ALL_ASSEMBLIES, *DETAINED_SOMEBODY),
        _without_consequences,
    ),
    one_quantity(("text", "TOTAL", "detained"), ("16", "TOTAL", "detained")),
    percent(
        ("text", "TOTAL", "court_warning"),
        (("court", "TOTAL", "warning"),),
        (("court", "TOTAL", "convicted"),),
    ),
    percent(
        ("text", "TOTAL", "court_fine"),
        (("court", "TOTAL", "fine"),),
        column("court", WITH_COURTS, "convicted"),
    ),
    percent(
        ("text", "TOTAL", "court_arrest"),
        column("court", WITH_COURTS, "arrest"),
        tuple(
            cell
            for outcome in ("warning", "fine", "arrest")
            for cell in column("court", WITH_COURTS, outcome)
        ),
    ),
)
