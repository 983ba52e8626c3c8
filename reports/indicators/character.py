"""What the assemblies were about, who organised them, and which form they took."""

from django.utils.translation import gettext_lazy as _

from reports.indicators.formulas import of_answers, of_share, share
from reports.indicators.texts import ALWAYS_KNOWN, LEFT_OUT, as_table
from reports.types import Facts, Indicator, Value

#: The organisers that tables 5 and 6 put together.
PUBLIC_ORGANISATIONS = ("public_organisation", "political_party", "trade_union")


def _organiser_share(facts: Facts, place: str, category: str) -> Value:
    if category == "public_organisations":
        return share(facts, place, "organiser_type", PUBLIC_ORGANISATIONS)
    return share(facts, place, "organiser_type", (category,) if category else ())


TOPIC_GROUP_SHARE = Indicator(
    code="topic_group_share",
    name=_("Share of a topic group"),
    definition=_("What part of the assemblies raised political, economic or social demands."),
    formula=_("assemblies of the topic group / assemblies with a known topic × 100 %"),
    unit="percent",
    decimals=1,
    missing=LEFT_OUT,
    source=as_table("4"),
    compute=of_share("topic_group"),
    tables=("4",),
    category="topic_group",
)

TOPIC_GROUP_ASSEMBLIES = Indicator(
    code="topic_group_assemblies",
    name=_("Assemblies of a topic group"),
    definition=_("Counted assemblies whose topic belongs to the group."),
    formula=_("number of counted cards with a topic of the group"),
    unit="count",
    decimals=0,
    missing=LEFT_OUT,
    source=as_table("4"),
    compute=of_answers("topic_group"),
    tables=("topics",),
    category="topic_group",
)

TOPIC_ASSEMBLIES = Indicator(
    code="topic_assemblies",
    name=_("Assemblies on a topic"),
    definition=_("Counted assemblies on that topic; each assembly has one."),
    formula=_("number of counted cards with the topic"),
    unit="count",
    decimals=0,
    missing=LEFT_OUT,
    source=as_table("4"),
    compute=of_answers("topic"),
    tables=("topics",),
    category="topic",
)

ORGANISER_SHARE = Indicator(
    code="organiser_share",
    name=_("Share of an organiser"),
    definition=_(
        "What part of the assemblies was organised by public organisations, by spontaneous groups"
        " or by individuals. Political parties and trade unions are public organisations here."
    ),
    formula=_("assemblies of the organiser / assemblies with a known organiser × 100 %"),
    unit="percent",
    decimals=1,
    missing=LEFT_OUT,
    source=as_table("6"),
    compute=_organiser_share,
    tables=("5", "6", "text"),
    category="organiser",
)

FORM_ASSEMBLIES = Indicator(
    code="form_assemblies",
    name=_("Assemblies of a form"),
    definition=_("Counted assemblies of that form; each assembly has one."),
    formula=_("number of counted cards with the form"),
    unit="count",
    decimals=0,
    missing=ALWAYS_KNOWN,
    source=as_table("7"),
    compute=of_answers("form"),
    tables=("7", "8"),
    category="form",
)

FORM_SHARE = Indicator(
    code="form_share",
    name=_("Share of a form"),
    definition=_("What part of the assemblies took that form."),
    formula=_("assemblies of the form / assemblies with a known form × 100 %"),
    unit="percent",
    decimals=1,
    missing=LEFT_OUT,
    source=as_table("7"),
    compute=of_share("form"),
    tables=("7", "8"),
    category="form",
)
