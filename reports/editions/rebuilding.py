"""The files of a frozen edition made again from what was stored with it, and held against it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from reports import artefacts
from reports.editions import dataset, freezing
from reports.models import Edition


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A file made again. same: it has the bytes of the frozen one."""

    name: str
    content: bytes
    sha256: str
    same: bool


@dataclass(frozen=True)
class Rebuilding:
    """An edition made again. same_code: by the code that froze it; same_values: by checksum."""

    edition: Edition
    same_code: bool
    same_values: bool

    def files(self) -> Iterator[Rebuilt]:
        """Every file, one at a time."""
        record = self.edition.freeze
        if record is None:
            return
        stored = dict(record.files.values_list("name", "sha256"))
        made_from = dataset.read(record.dataset)
        for name, _type, content in freezing.files_of(record, self.edition, made_from):
            digest = hashlib.sha256(content).hexdigest()
            yield Rebuilt(name, content, digest, stored.get(name) == digest)


def rebuild(period: str, name: str) -> Rebuilding:
    """The frozen edition of a period by its number or code. LookupError if there is none."""
    rows = Edition.objects.select_related("freeze", "corrects").exclude(freeze=None)
    found = rows.filter(period=period, code=name).first()
    if found is None and name.isdigit():
        found = rows.filter(period=period, region=None, number=int(name)).first()
    if found is None or found.freeze is None:
        raise LookupError(name)
    report = dataset.read(found.freeze.dataset).report
    return Rebuilding(
        found,
        found.freeze.code_version == artefacts.code_version(),
        report.checksum == found.freeze.checksum,
    )
