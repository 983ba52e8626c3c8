"""Long work on editions: freezing one."""

from __future__ import annotations

from functools import partial

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitoring.jobs.kinds import Kind, Step, always
from monitoring.jobs.models import Job
from monitoring.jobs.progress import Outcome, Refused, Report, go_on
from reports.editions import freezing, lookup
from reports.jobs import printing


def freeze(job: Job, report: Report) -> None:
    """Freeze a draft; that it is done is written in the same transaction."""
    try:
        edition = lookup.edition(job.parameters["code"])
    except Http404:
        raise Refused(_("There is no such edition any more.")) from None
    page = edition.get_absolute_url()
    done = Outcome(result=page, told=_("The edition is frozen."))
    try:
        with printing(lambda *said: go_on()):
            freezing.freeze(
                edition,
                actor=job.asked_by,
                address=job.parameters["address"],
                settle=partial(report.settle, done),
            )
    except freezing.Drifted as drifted:
        text = _("The kept facts differ from the cards in %(n)s places: rebuild them.")
        raise Refused(text % {"n": drifted.n}, page) from None
    except freezing.NotAllowed:
        text = _("The edition cannot be frozen yet: see what is in the way.")
        raise Refused(text, page) from None
    except freezing.Changed:
        text = _("Cards or texts changed while the files were made. Please try once more.")
        raise Refused(text, page) from None


FREEZE = Kind(
    name="freeze",
    words=gettext_lazy("Freezing an edition"),
    right=always("edition.publish"),
    run=freeze,
    steps=(
        Step("figures", gettext_lazy("gathering the figures")),
        Step("facts", gettext_lazy("comparing the facts with all cards"), 2),
        Step("files", gettext_lazy("making the files"), 15),
        Step("keeping", gettext_lazy("keeping them")),
    ),
    back=lambda job: reverse("reports:edition", args=[job.parameters["code"]]),
)
