"""Names of tables, rows and columns of printed figures, in words; the code where there is none."""

from __future__ import annotations

from dataclasses import dataclass, field

from reports.printed.layouts import Layout, layout_of, lines_of
from reports.tables.context import ALL
from reports.types import TOTAL, Key, Text, Vocabulary
from reports.wording import together


@dataclass(frozen=True)
class Names:
    """Looks names up; ``vocabulary`` holds those of places, forms and topics."""

    vocabulary: Vocabulary
    _lines: dict[str, dict[str, Text]] = field(default_factory=dict, repr=False)

    def layout(self, table: str) -> Layout:
        """How the table is laid out."""
        return layout_of(table)

    def table(self, table: str) -> Text:
        """ "Table 14", or a title."""
        return self.layout(table).name

    def line(self, key: Key) -> Text:
        """Name of the line that a figure stands in."""
        layout = self.layout(key.table)
        if key.table not in self._lines:
            self._lines[key.table] = lines_of(layout, self.vocabulary)
        code = layout.place(key)[0]
        if code == TOTAL:
            return ALL
        return self._lines[key.table].get(code, code)

    def measure(self, key: Key) -> Text:
        """Name of the column that a figure stands in; "" for a quantity of the text."""
        layout = self.layout(key.table)
        if layout.of_text:
            return ""
        return next(
            (title for code, title, _u in layout.measures if code == key.column), key.column
        )

    def cell(self, key: Key) -> Text:
        """Line and column; the column where the table has several, or the line is the total."""
        measures = self.layout(key.table).measures
        shown = [self.line(key)]
        if key.row == TOTAL or len(measures) != 1:
            shown.append(self.measure(key))
        return together(shown, ", ")

    def where(self, key: Key) -> Text:
        """The whole address in words: table, period, line, column."""
        return together([self.table(key.table), key.period, self.cell(key)], ", ")

    def codes(self, key: Key) -> str:
        """The codes of row and column, as in files."""
        return f"{key.row} · {key.column}"
