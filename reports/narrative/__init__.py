"""Generated sentences around tables and figures: their numbers are cells, never typed."""

from reports.narrative.story import Story

__all__ = ["Story"]
