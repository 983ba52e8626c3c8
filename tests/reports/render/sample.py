"""A small report with all a renderer meets: unknowns, ranges, published cells, three languages.

The figures are made up for the tests unless they carry the name of a published table.
"""

from __future__ import annotations

import dataclasses
import datetime
import io

from reports.types import (
    TOTAL,
    Block,
    CaseBox,
    Cell,
    Chapter,
    Column,
    Facts,
    Figure,
    Imprint,
    Indicator,
    Key,
    Label,
    Period,
    Picture,
    Report,
    Row,
    Series,
    Table,
    Value,
)

PERIOD = Period(
    "2018",
    Label("2018 год", "2018 жыл", "2018"),
    datetime.date(2018, 1, 1),
    datetime.date(2018, 12, 31),
    12.0,
    "cards",
)
PLACES = {
    "astana": Label("Астана", "Астана", "Astana"),
    "almaty": Label("Алматы", "Алматы", "Almaty"),
    "uralsk": Label("Уральск", "Орал", "Uralsk"),
    "ust-kamenogorsk": Label("Усть-Каменогорск", "Өскемен", "Ust-Kamenogorsk"),
    "kyzylorda": Label("Кызылорда", "Қызылорда", "Kyzylorda"),
}
ALL = Label("Всего", "Барлығы", "Total")
PLACE = Label("Город", "Қала", "Place")
PERIODS = ("2010", "2011-2012", "2012-2013", "2014", "2015", "2016", "2017", "2018")
LETTERS = "Ә Ғ Қ Ң Ө Ұ Ү Һ І ә ғ қ ң ө ұ ү һ і"


def _cell(table: str, row: str, column: str, unit: str, value: Value, **more: object) -> Cell:
    period = str(more.pop("period", "2018"))
    return Cell(Key(table, period, row, column), unit, value, **more)  # type: ignore[arg-type]


def places() -> Table:
    """Table 1: counts with the cards behind them, shares with n and unknown, a total."""
    counts = dict(zip(PLACES, (10, 6, 5, 1, 3), strict=True))
    whole = sum(counts.values())
    rows = []
    for code, n in [*counts.items(), (TOTAL, whole)]:
        share = Value(n / whole * 100, n, whole, n=whole, unknown=0)
        drill = {} if code == TOTAL else {"place": code}
        rows.append(
            Row(
                code,
                ALL if code == TOTAL else PLACES[code],
                (
                    _cell("1", code, "assemblies", "count", Value(n, n=n), drill=drill),
                    _cell("1", code, "share", "percent", share, decimals=1, drill=drill),
                ),
                total=code == TOTAL,
            )
        )
    return Table(
        "1",
        "1",
        Label(
            "Количество собраний по городам",
            "Қалалар бойынша жиналыстар саны",
            "Assemblies by place",
        ),
        PLACE,
        (
            Column("assemblies", Label("Собраний", "Жиналыс", "Assemblies")),
            Column("share", Label("Доля, %", "Үлесі, %", "Share, %")),
        ),
        tuple(rows),
        notes=(Label("Учтены собрания с 1 января.", "1 қаңтардан бері.", "Since 1 January."),),
    )


def by_period() -> Table:
    """Table 2: eight periods, seven of them published, with a dash where nothing was printed."""
    rows = []
    for index, (code, name) in enumerate([*PLACES.items(), (TOTAL, ALL)]):
        cells: list[Cell | None] = []
        for at, period in enumerate(PERIODS):
            number = None if (index + at) % 5 == 4 and code != TOTAL else float(7 * index + at)
            published = period != "2018"
            cells.append(
                _cell(
                    "2",
                    code,
                    "assemblies",
                    "count",
                    Value(number),
                    period=period,
                    source="published" if published else "computed",
                    printed=("-" if number is None else str(int(number))) if published else "",
                )
            )
        rows.append(Row(code, name, tuple(cells), total=code == TOTAL))
    return Table(
        "2",
        "2",
        Label(
            "Количество собраний по периодам",
            "Кезеңдер бойынша жиналыстар саны",
            "Assemblies by period",
        ),
        PLACE,
        tuple(Column(code, code.replace("-", "–")) for code in PERIODS),
        tuple(rows),
    )


def forms() -> Table:
    """Table 8: two periods side by side under spanning headings; the older one published."""
    names = {
        "rally": Label("Митинг", "Митинг", "Rally"),
        "single_picket": Label("Одиночный пикет", "Жалғыз адамның пикеті", "Single picket"),
        "dangerous": Label("=HYPERLINK(1)", "+1+1", "@SUM(1)"),
    }
    rows = []
    for index, (code, name) in enumerate(names.items()):
        old = {"source": "published", "period": "2017", "printed": f"{index + 5}"}
        rows.append(
            Row(
                code,
                name,
                (
                    _cell("8", code, "assemblies", "count", Value(index + 5.0), **old),
                    _cell("8", code, "share", "percent", Value(16.6), decimals=1, **old),
                    _cell("8", code, "assemblies", "count", Value(index + 7, n=index + 7)),
                    _cell(
                        "8",
                        code,
                        "share",
                        "percent",
                        Value((index + 7) / 24 * 100, index + 7, 24, n=24, unknown=1),
                        decimals=1,
                    ),
                ),
                level=index,
            )
        )
    return Table(
        "8",
        "8",
        Label("Формы собраний", "Жиналыс нысандары", "Forms of assembly"),
        Label("Форма", "Нысан", "Form"),
        tuple(
            Column(code, title, span)
            for span in ("2017", "2018")
            for code, title in (
                ("assemblies", Label("Собраний", "Жиналыс", "Assemblies")),
                ("share", Label("Доля, %", "Үлесі, %", "Share, %")),
            )
        ),
        tuple(rows),
    )


def control() -> Table:
    """Table 14: an index with its range, a place without police counts, an extra cell."""
    title = Label(
        "Индекс полицейского контроля", "Полиция бақылауының индексі", "Police-control index"
    )
    index = Value(180 / 130, 180, 130, n=9, unknown=1, low=1.1, high=1.75)
    rows = (
        Row(
            "astana",
            PLACES["astana"],
            (
                _cell("14", "astana", "participants", "people", Value(130, n=10, unknown=0)),
                _cell("14", "astana", "police", "officers", Value(180, n=9, unknown=1)),
                _cell(
                    "14",
                    "astana",
                    "police_control_index",
                    "officers per participant",
                    index,
                    decimals=2,
                    drill={"place": "astana"},
                ),
            ),
        ),
        Row(
            "uralsk",
            PLACES["uralsk"],
            (
                _cell("14", "uralsk", "participants", "people", Value(33, n=5, unknown=0)),
                None,
                _cell(
                    "14",
                    "uralsk",
                    "police_control_index",
                    "officers per participant",
                    Value(None, n=0, unknown=5),
                    decimals=2,
                ),
            ),
        ),
    )
    return Table(
        "14",
        "14",
        title,
        PLACE,
        (
            Column("participants", Label("Участников", "Қатысушы", "Participants")),
            Column("police", Label("Полицейских", "Полиция", "Police")),
            Column("police_control_index", Label("Индекс", "Индекс", "Index")),
        ),
        rows,
        extra=(
            _cell("14", TOTAL, "median_ratio", "officers per participant", Value(0.1 + 0.2, n=9)),
        ),
    )


def figures() -> tuple[Figure, ...]:
    """One figure of every kind."""
    bars = Figure(
        "1",
        "bars",
        Label("Собрания по городам", "Қалалар бойынша жиналыстар", "Assemblies by place"),
        tuple(PLACES.values()),
        (Series(Label("Собраний", "Жиналыс", "Assemblies"), (10.0, 6.0, 5.0, 1.0, 3.0)),),
        "count",
        Label("Астана 10, Алматы 6.", "Астана 10, Алматы 6.", "Astana 10, Almaty 6."),
        "1",
    )
    groups = (
        (
            Label("Политические", "Саяси", "Political"),
            (40.0, 9.0, 1.0, None, None, 15.5, 5.5, 43.75),
        ),
        (
            Label("Экономические", "Экономикалық", "Economic"),
            (53.0, 58.0, 70.0, 49.0, 45.0, 15.5, 16.6, 12.5),
        ),
        (
            Label("Социальные", "Әлеуметтік", "Social"),
            (7.0, 33.0, 29.0, 51.0, 55.0, 69.0, 78.0, 43.75),
        ),
    )
    flags = (True,) * 7 + (False,)
    topics = Label("Темы собраний", "Жиналыс тақырыптары", "Topics")
    alt = Label("Доли тем.", "Тақырыптар үлесі.", "Shares of topics.")
    many = tuple(Series(name, values, flags) for name, values in groups)
    single = (Series(Label("Доля", "Үлесі", "Share"), groups[1][1], flags),)
    labels = tuple(code.replace("-", "–") for code in PERIODS)
    return (
        bars,
        Figure("2", "lines", topics, labels, many, "percent", alt, "2", 1),
        Figure("3", "columns", topics, labels, single, "percent", alt, "2", 1),
        Figure("4", "stacked", topics, labels, many, "percent", alt, "2", 1),
    )


def _index(facts: Facts, place: str) -> Value:
    return Value(facts.assemblies(place), n=facts.assemblies(place))


def indicators() -> tuple[tuple[Indicator, Value], ...]:
    """One indicator with its paper and its value."""
    paper = Indicator(
        "police_control",
        Label("Индекс полицейского контроля", "Полиция бақылауының индексі", "Police control"),
        Label("Полицейских на участника.", "Қатысушыға полиция.", "Officers per participant."),
        "Σ police / Σ participants",
        "officers per participant",
        2,
        Label("Неизвестные исключены.", "Белгісізі алынбайды.", "Unknown answers are left out."),
        Label("Методика", "Әдістеме", "Method"),
        _index,
        ("14",),
    )
    return ((paper, Value(499 / 525, 499, 525, n=31, unknown=1, low=0.8, high=1.1)),)


def report(demonstration: bool = True) -> Report:
    """The whole sample."""
    tables = (places(), by_period(), forms(), control())
    drawn = figures()
    long_text = Label(
        "В 2018 году мониторы зафиксировали 25 собраний. " * 8,
        f"2018 жылы мониторлар 25 жиналысты тіркеді ({LETTERS}). " * 8,
        "In 2018 monitors recorded 25 assemblies. " * 8,
    )
    listed = (Label("первое", "бірінші", "first"), Label("второе", "екінші", "second"))
    overall = Chapter(
        "overall",
        "3",
        Label("Общие результаты", "Жалпы нәтижелер", "Overall results"),
        (
            Block("text", long_text),
            Block("table", table=tables[0]),
            Block("figure", figure=drawn[0]),
            Block("heading", Label("По периодам", "Кезеңдер бойынша", "By period")),
            Block("text", long_text),
            Block("table", table=tables[1]),
            Block("list", items=listed),
        ),
    )
    character = Chapter(
        "character",
        "4",
        Label("Характер собраний", "Жиналыстардың сипаты", "Character of the assemblies"),
        (Block("table", table=tables[2]), *(Block("figure", figure=f) for f in drawn[1:])),
    )
    annex = Chapter(
        "annex",
        "",
        Label("Приложение", "Қосымша", "Annex"),
        (Block("text", long_text), Block("table", table=tables[3])),
    )
    published = tuple(c for t in tables for c in t.cells() if c.source == "published")
    return Report(
        PERIOD,
        (overall, character, annex),
        tables,
        drawn,
        indicators(),
        published,
        "0" * 64,
        demonstration,
    )


MARKDOWN = """A **bold** word, an *emphasis*, a [link](https://example.org/page?a=1&b=2),
a [trap](javascript:alert(1)) and <script>alert(1)</script>; Қ ң ө.

### A heading of the analysts

1. first
2. second
   - below it

> A witness said so.

5. counted from five

See [table 14](#table-14), [nothing](#table-99).

---

After the break.
"""


def picture() -> Picture:
    """A small one of a plain colour."""
    from PIL import Image

    output = io.BytesIO()
    Image.new("RGB", (80, 50), "#8899aa").save(output, "PNG")
    alt = Label("Люди на площади", "Алаңдағы адамдар", "People in a square")
    caption = Label("Площадь", "Алаң", "The square")
    return Picture("square.png", output.getvalue(), "image/png", 80, 50, alt, caption)


def edition() -> Report:
    """A frozen report with what people write: prose, a case, a table too wide to stand upright."""
    plain = report()
    wide = by_period()
    wide = dataclasses.replace(
        wide,
        code="3",
        number="3",
        columns=wide.columns * 2,
        rows=tuple(dataclasses.replace(row, cells=row.cells * 2) for row in wide.rows),
    )
    box = CaseBox(
        "Astana, 10 January", "Astana", datetime.date(2018, 1, 10), MARKDOWN, (picture(),)
    )
    words = Block("grid", "Words", items=("Code", "n"), lines=(("=1+1", "12"), ("Text", "–")))
    more = (Block("prose", MARKDOWN), words, Block("box", box=box), Block("table", table=wide))
    first, *others = plain.chapters
    imprint = Imprint(
        "2018-2",
        datetime.date(2019, 3, 1),
        "https://example.org/editions/2018-2/",
        "1" * 64,
        "The bureau. Freedom of peaceful assembly. Edition 2018-2.",
        "2018-1",
        ("Table 1, Astana: 9 became 10",),
    )
    return dataclasses.replace(
        plain,
        chapters=(dataclasses.replace(first, blocks=(*first.blocks, *more)), *others),
        imprint=imprint,
        tables=(*plain.tables, wide),
    )
