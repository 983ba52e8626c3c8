"""What the printed report on 2018 contradicts, derived a second time: plain Python over its CSV.

Nothing of the product is read. Exact fractions; every rule of the method (section 8) written out
for the tables that the report prints, without asking how the product looks at them.
"""

from __future__ import annotations

import csv
import re
from fractions import Fraction
from pathlib import Path

MONTHS = {
    "2010": Fraction(11), "2011-2012": Fraction(21, 2), "2012-2013": Fraction(113, 10),
    **{str(year): Fraction(12) for year in range(2014, 2019)},
}  # fmt: skip
#: Tables 10 and 15 call periods by other names.
MEANT = {"2011 (sic; 2010)": "2010", "2012": "2011-2012", "2013": "2012-2013"}
Address = tuple[str, str, str, str]


def derive(path: Path) -> set[tuple[str, str, str, str, str, str]]:
    """(table, label, row, column, rule, kind) of everything that does not agree."""
    book = Book(path)
    for part in (totals, shares, hundreds, indices, behind, repeated, texts, wholes):
        part(book)
    return book.found


class Book:
    """The printed texts by address."""

    def __init__(self, path: Path) -> None:
        with path.open(encoding="utf-8", newline="") as file:
            self.texts = {
                (line["table"], line["period"], line["row"], line["column"]): line["printed"]
                for line in csv.DictReader(file)
            }
        self.found: set[tuple[str, str, str, str, str, str]] = set()

    def n(self, *address: str) -> Fraction | None:
        text = self.texts.get(address, "")
        number = re.match(r"[\d.,]+", text)
        return Fraction(number[0].replace(",", ".")) if number else None

    def rows(self, table: str, period: str, column: str) -> dict[str, Fraction]:
        return {
            row: self.n(t, p, row, c) or Fraction(0)
            for t, p, row, c in self.texts
            if (t, p, c) == (table, period, column) and row != "TOTAL"
        }

    def labels(self, table: str) -> list[str]:
        return list(dict.fromkeys(p for t, p, _r, _c in self.texts if t == table))

    def say(self, address: Address, rule: str, kind: str = "contradiction") -> None:
        self.found.add((*address, rule, kind))

    def compare(self, address: Address, rule: str, *should: Fraction | None) -> None:
        """Lists the figure unless one of these rounds to it."""
        known = [each for each in should if each is not None]
        if address not in self.texts or not known:
            return
        said, unit = self.n(*address) or Fraction(0), place(self.texts[address])
        off = min(abs(said - each) for each in known)
        if off > unit / 2:
            self.say(address, rule, "rounding" if off < unit else "contradiction")


def place(text: str) -> Fraction:
    """One unit of the last place of the first number."""
    number = re.match(r"\d+(?:[.,](\d+))?", text)
    return Fraction(1, 10 ** len(number[1])) if number and number[1] else Fraction(1)


def over(part: Fraction | None, whole: Fraction | None, scale: int = 1) -> Fraction | None:
    return scale * part / whole if part is not None and whole else None


def totals(book: Book) -> None:
    columns = {
        "1": ["assemblies"], "2": ["assemblies"], "7": ["assemblies"],
        "11": ["assemblies", "unsanctioned", "sanctioned"], "14": ["participants", "police"],
        "16": ["assemblies_with_detentions", "detained"],
        "court": ["convicted", "warning", "fine", "arrest"],
    }  # fmt: skip
    for table, named in columns.items():
        for period in book.labels(table):
            for column in named:
                book.compare(
                    (table, period, "TOTAL", column),
                    "total",
                    sum(book.rows(table, period, column).values(), Fraction(0)),
                )
    topics = book.rows("topics", "2018", "assemblies")
    for group in ("political", "economic", "social"):
        added = sum(n for row, n in topics.items() if row.startswith(group + "/"))
        book.compare(("topics", "2018", group, "assemblies"), "total", Fraction(added))
    for period in book.labels("8"):
        added = sum(book.rows("8", period, "assemblies").values())
        if added != book.n("2", period, "TOTAL", "assemblies"):
            book.say(("8", period, "TOTAL", "assemblies"), "total")
    for place_, convicted in book.rows("court", "2018", "convicted").items():
        told = [book.n("court", "2018", place_, c) or 0 for c in ("warning", "fine", "arrest")]
        if sum(told) > convicted:
            book.say(("court", "2018", place_, "convicted"), "parts")
    for place_, held in book.rows("11", "2018", "assemblies").items():
        told = [book.n("11", "2018", place_, c) or 0 for c in ("unsanctioned", "sanctioned")]
        if sum(told) > held:
            book.say(("11", "2018", place_, "assemblies"), "parts")


def shares(book: Book) -> None:
    for table, labels in (("1", ["2018"]), ("7", ["2018"]), ("8", ["2017", "2018"])):
        for period in labels:
            whole = book.n("2", period, "TOTAL", "assemblies")
            for row in book.rows(table, period, "share"):
                part = book.n(table, period, row, "assemblies")
                book.compare((table, period, row, "share"), "share", over(part, whole, 100))
    for group in ("political", "economic", "social"):
        part = book.n("topics", "2018", group, "assemblies")
        book.compare(("4", "2018", group, "share"), "share", over(part, Fraction(32), 100))
    book.compare(
        ("17", "2017", "TOTAL", "unsanctioned_reaching_court"),
        "share",
        over(book.n("text", "2017", "TOTAL", "reached_court"),
             book.n("text", "2017", "TOTAL", "unsanctioned"), 100),
    )  # fmt: skip


def hundreds(book: Book) -> None:
    for table in ("1", "4", "6", "7", "8", "10"):
        for period in book.labels(table):
            texts = [
                text
                for (t, p, row, c), text in book.texts.items()
                if (t, p, c) == (table, period, "share") and row != "TOTAL" and text != "-"
            ]
            added = sum(Fraction(re.match(r"[\d.]+", text)[0]) for text in texts)
            if abs(added - 100) > sum(place(text) for text in texts) / 2:
                book.say((table, period, "TOTAL", "share"), "hundred")


def indices(book: Book) -> None:
    for period in book.labels("3"):
        for row in [*book.rows("3", period, "rally_activity_index"), "TOTAL"]:
            address = ("3", period, row, "rally_activity_index")
            held = book.n("2", period, row, "assemblies")
            if held and book.n(*address):
                book.compare(address, "index", held / MONTHS[period])
    for row in [*book.rows("11", "2018", "law_abidance_index"), "TOTAL"]:
        yes, no = (book.n("11", "2018", row, c) for c in ("sanctioned", "unsanctioned"))
        book.compare(("11", "2018", row, "law_abidance_index"), "index", over(yes, yes + no, 100))
    for row in [*book.rows("14", "2018", "police_control_index"), "TOTAL"]:
        police, people = (book.n("14", "2018", row, c) for c in ("police", "participants"))
        book.compare(("14", "2018", row, "police_control_index"), "index", over(police, people))
    unsanctioned = book.n("text", "2017", "TOTAL", "unsanctioned")
    share = over(unsanctioned, book.n("2", "2017", "TOTAL", "assemblies"), 100)
    book.compare(("12", "2017", "TOTAL", "law_abidance_index"), "index", 100 - share)


def behind(book: Book) -> None:
    for period in book.labels("3"):
        for row, index in book.rows("3", period, "rally_activity_index").items():
            if index and not book.n("2", period, row, "assemblies"):
                book.say(("3", period, row, "rally_activity_index"), "index_without_assemblies")
        for row, held in book.rows("2", period, "assemblies").items():
            if held and book.n("3", period, row, "rally_activity_index") is None:
                address = ("3", period, row, "rally_activity_index")
                book.say(address, "assemblies_without_index", "missing")


def repeated(book: Book) -> None:
    """The same quantity in two tables, and rows that one of two tables lacks."""
    for row in [*book.rows("1", "2018", "assemblies"), "TOTAL"]:
        for table in ("2", "11"):
            here = book.n("1", "2018", row, "assemblies")
            book.compare((table, "2018", row, "assemblies"), "same", here)
    for row in book.rows("7", "2018", "assemblies"):
        if ("8", "2018", row, "assemblies") not in book.texts:
            book.say(("8", "2018", row, "assemblies"), "row_missing", "missing")
        for column in ("assemblies", "share"):
            book.compare(("8", "2018", row, column), "same", book.n("7", "2018", row, column))
    pairs = [
        (("1", "2018", "TOTAL", "assemblies"), ("7", "2018", "TOTAL", "assemblies")),
        (("11", "2018", "TOTAL", "law_abidance_index"),
         ("12", "2018", "TOTAL", "law_abidance_index")),
        (("14", "2018", "TOTAL", "police_control_index"),
         ("15", "2018", "TOTAL", "police_control_index")),
        (("6", "2018", "spontaneous_group", "share"),
         ("text", "2018", "TOTAL", "organiser_spontaneous")),
        (("6", "2018", "individual", "share"), ("text", "2018", "TOTAL", "organiser_individual")),
        *((("6", str(year), "public_organisation", "share"),
           ("5", str(year), "public_organisations", "share")) for year in (2016, 2017, 2018)),
    ]  # fmt: skip
    for here, there in pairs:
        book.compare(there, "same", book.n(*here))


def texts(book: Book) -> None:
    def said(column: str) -> Fraction | None:
        return book.n("text", "2018", "TOTAL", column)

    def at(column: str) -> Address:
        return ("text", "2018", "TOTAL", column)

    def both(table: str, column: str) -> list[Fraction | None]:
        rows = sum(book.rows(table, "2018", column).values(), Fraction(0))
        return [rows, book.n(table, "2018", "TOTAL", column)]

    held = Fraction(32)
    people, police = both("14", "participants"), both("14", "police")
    taken, ended = both("16", "detained"), both("16", "assemblies_with_detentions")
    for column, sums in (
        ("participants", people), ("police", police), ("detained", taken),
        ("assemblies_with_detentions", ended),
    ):  # fmt: skip
        book.compare(at(column), "same", *sums)
    means = (("participants", people), ("police", police))
    for column, sums in means:
        each_of = [over(n, held) for n in (said(column), *sums)]
        book.compare(at(f"mean_{column}"), "mean", *each_of)
    of_court = {c: book.n("court", "2018", "TOTAL", c) for c in ("warning", "fine", "arrest")}
    for column, n in of_court.items():
        convicted = book.n("court", "2018", "TOTAL", "convicted")
        book.compare(at(f"court_{column}"), "share", over(n, convicted, 100))
    if sum(said(f"court_{column}") for column in of_court) > 100 + Fraction(3, 2):
        largest = max(of_court, key=lambda column: said(f"court_{column}"))
        book.say(at(f"court_{largest}"), "hundred")
    ending = [over(n, held, 100) for n in (said("assemblies_with_detentions"), *ended)]
    book.compare(at("assemblies_ending_in_detention"), "share", *ending)
    shares_ = [over(t, p, 100) for t in (said("detained"), *taken)
               for p in (said("participants"), *people)]  # fmt: skip
    book.compare(at("detained_share_of_participants"), "share", *shares_)
    for column in ("assemblies_with_detentions", "assemblies_without_consequences"):
        inside = re.search(r"\(([\d.]+)%\)", book.texts[at(column)])[1]
        if abs(Fraction(inside) - 100 * said(column) / held) >= place(inside):
            book.say(at(column), "share")
    if said("assemblies_with_detentions") + said("assemblies_without_consequences") > held:
        book.say(at("assemblies_without_consequences"), "most")
    astana = book.n("court", "2018", "astana", "convicted")
    for column in ("convicted_hooliganism_astana", "convicted_disobedience_astana"):
        if said(column) > astana:
            book.say(at(column), "most")
    for place_, n in book.rows("16", "2018", "assemblies_with_detentions").items():
        here = book.n("1", "2018", place_, "assemblies") or 0
        if n > here or n > book.n("16", "2018", place_, "detained"):
            book.say(("16", "2018", place_, "assemblies_with_detentions"), "most")


def wholes(book: Book) -> None:
    """Shares that no whole numbers out of up to so many assemblies give."""
    for table in ("4", "6", "10"):
        for period in book.labels(table):
            texts_ = [
                text
                for (t, p, _row, c), text in book.texts.items()
                if (t, p, c) == (table, period, "share") and text != "-"
            ]
            if (table, period, "TOTAL", "share", "hundred", "contradiction") in book.found:
                continue
            held = book.n("2", MEANT.get(period, period), "TOTAL", "assemblies")
            if any(_fits(texts_, n, Fraction(1, 2), True) for n in range(1, int(held) + 1)):
                continue
            loose = any(_fits(texts_, n, Fraction(1), False) for n in range(1, int(held) + 1))
            kind = "rounding" if loose else "contradiction"
            book.say((table, period, "TOTAL", "share"), "whole_numbers", kind)


def _fits(texts_: list[str], n: int, units: Fraction, closed: bool) -> bool:
    least = 0
    for text in texts_:
        share, off = Fraction(re.match(r"[\d.]+", text)[0]), units * place(text)
        parts = [
            k
            for k in range(n + 1)
            if (distance := abs(Fraction(100 * k, n) - share)) < off or (closed and distance == off)
        ]
        if not parts:
            return False
        least += parts[0]
    return least <= n
