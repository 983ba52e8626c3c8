"""Languages of the reports, and what a value may be counted in: known without the reports."""

from __future__ import annotations

from typing import Literal

LANGUAGES = ("ru", "kk", "en")
"""Languages that reports are printed in, the first one by default."""

Basis = Literal["cards", "published"]
Source = Literal["computed", "published"]
Unit = Literal[
    "count",
    "percent",
    "people",
    "officers",
    "assemblies",
    "assemblies per month",
    "officers per participant",
    "people per assembly",
    "officers per assembly",
    "minutes",
    "days",
]
