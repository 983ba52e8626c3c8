"""A backup that an administrator begins on the site: the file stays on the server."""

from __future__ import annotations

import datetime
from pathlib import Path

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitoring.backup import making, sealing
from monitoring.backup.errors import Refused as RefusedBackup
from monitoring.jobs.kinds import Kind, Step, always
from monitoring.jobs.models import Job
from monitoring.jobs.progress import Outcome, Refused, Report
from monitoring.operations.models import Kind as OperationKind
from monitoring.operations.record import recorded

_NAME = "zhinalys-{:%Y%m%d-%H%M%S}.backup"


def back_up(job: Job, report: Report) -> Outcome:
    """One file in ``BACKUP_DIR``, whole and checked; the oldest of its kind go."""
    folder = settings.BACKUP_DIR
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = folder / _NAME.format(timezone.now().astimezone(datetime.UTC))
    try:
        with recorded(OperationKind.BACKUP) as noted:
            keys = sealing.read_keys(settings.BACKUP_KEY)
            manifest = making.write(target, keys)
            noted |= making.amounts(manifest, target)
    except RefusedBackup as error:
        raise Refused(str(error)) from None
    _thin_out(folder)
    said = {"name": target.name, "size": filesizeformat(target.stat().st_size)}
    text = _("The backup %(name)s (%(size)s) is made, sealed and checked.")
    if not keys:
        text = _("The backup %(name)s (%(size)s) is made and checked. It is NOT sealed.")
    told = [text % said]
    if manifest["missing"]:
        told.append(
            _("Attachments missing in the storage: %(n)s.") % {"n": len(manifest["missing"])}
        )
    return Outcome(told=" ".join(told))


def _thin_out(folder: Path) -> None:
    """Of those that were begun here the newest stay, of one that was broken off nothing."""
    for path in sorted(folder.glob("zhinalys-????????-??????.backup"))[: -settings.BACKUPS_KEPT]:
        path.unlink()
    limit = timezone.now().timestamp() - 24 * 3600
    for path in folder.glob(".zhinalys-*.unfinished"):
        if path.stat().st_mtime < limit:
            path.unlink()


BACKUP = Kind(
    name="backup",
    words=gettext_lazy("Making a backup"),
    right=always("backup.make"),
    run=back_up,
    steps=(
        Step("tables", gettext_lazy("writing the tables"), 5),
        Step("attachments", gettext_lazy("writing the attachments"), 5),
        Step("checking", gettext_lazy("checking what was written"), 4),
    ),
    back=lambda job: reverse("jobs:list"),
)
