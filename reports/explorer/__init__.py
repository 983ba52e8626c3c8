"""Free cross tables of the counted cards: two questions, a measure, a chart, a map.

``questions`` and ``measures`` say what can be crossed, ``spec`` is a view as a value and as an
address, ``query`` asks the database once, ``cross`` brings the groups into rows and columns,
``tables`` and ``figures`` make of them what the reports print. ``blocks`` gives a saved view to a
chapter of an edition.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reports.types import Block


def blocks(
    saved_view_id: int, period: str | None = None, region: str | None = None
) -> tuple[Block, ...]:
    """The chart and the table of a saved view over all counted cards; KeyError if there is none.

    ``period``: code of the period that the chapter is about; it is taken unless the view has a
    time of its own or runs over the years. ``region``: code of the one region (of today) that the
    edition is about; cards of no other are counted. The same cards give the same blocks. Table and
    figure are called ``view-ID`` instead of being numbered. ValidationError if the view asks for
    an answer that has been taken out of a register.
    """
    from reports.explorer import saved
    from reports.explorer.compute import compute
    from reports.explorer.spec import parse
    from reports.types import Block

    spec = parse(saved.query_of(saved_view_id)).within(period, region)
    made = compute(spec, code=f"view-{saved_view_id}")
    found = [Block("table", table=made.table)]
    if made.figure:
        found.insert(0, Block("figure", figure=made.figure))
    return tuple(found)
