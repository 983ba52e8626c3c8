"""The law in force in the period of a report: rows of the settings, each with its days."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from reports.narrative.story import Story
from reports.types import Period, Text, Vocabulary

INTRODUCTION = _("In the period of this report the following rules applied to assemblies.")


def acts_of(vocabulary: Vocabulary, period: Period) -> list[Text]:
    """What is said of a period: what stands above the act, the acts in force, the other rules.

    Of a period without dates only what held at any time. An act without a summary is named.
    """
    rules = vocabulary.provisions_of(period)
    return [
        *(rule.text for rule in rules if rule.above),
        *(law.summary if str(law.summary) else law.name for law in vocabulary.laws_of(period)),
        *(rule.text for rule in rules if not rule.above),
    ]


def legislation(story: Story) -> tuple[Text, list[Text]]:
    """The chapter's first sentence and its list."""
    return INTRODUCTION, acts_of(story.context.vocabulary, story.period)
