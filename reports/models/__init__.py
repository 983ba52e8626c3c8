"""What the reports keep: facts, figures of earlier reports, editions with their parts."""

from reports.models.editions import (
    Box,
    BoxPicture,
    BoxText,
    ChapterText,
    Edition,
    Freeze,
    FrozenFile,
    PictureFile,
    State,
)
from reports.models.facts import (
    ChangeSource,
    ColumnChange,
    Fact,
    MonthColumn,
    MonthRatios,
    PrintedReport,
    PublishedChange,
    PublishedValue,
    SavedView,
    Stamp,
    YearFact,
)

__all__ = [
    "Box",
    "BoxPicture",
    "BoxText",
    "ChangeSource",
    "ChapterText",
    "ColumnChange",
    "Edition",
    "Fact",
    "Freeze",
    "FrozenFile",
    "MonthColumn",
    "MonthRatios",
    "PictureFile",
    "PrintedReport",
    "PublishedChange",
    "PublishedValue",
    "SavedView",
    "Stamp",
    "State",
    "YearFact",
]
