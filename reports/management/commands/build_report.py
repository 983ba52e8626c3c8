"""``build_report PERIOD --out DIR [--language ru|kk|en]… [--formats pdf,docx,…] [--edition N]``."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from monitoring import replica
from reports import render, source
from reports.codebook import codebook
from reports.editions import rebuilding


class Command(BaseCommand):
    help = (
        "Write the report of a period, computed from live approved cards: the document for "
        "print and for Word, the workbook, values.csv, report.json, a CSV per table, the data "
        "package and the figures. With --edition the files of a frozen edition are made anew from "
        "what was stored with it, and compared."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        languages = [code for code, _name in settings.LANGUAGES]
        parser.add_argument("period", help="code of the period, such as 2018")
        parser.add_argument("--region", help="code of the one region to report on, such as KZ-75")
        parser.add_argument("--out", type=Path, required=True, help="folder to write into")
        parser.add_argument(
            "--language",
            action="append",
            choices=languages,
            help=f"may be given several times (default: {settings.LANGUAGE_CODE})",
        )
        parser.add_argument(
            "--formats",
            default=",".join(render.FORMATS),
            help="some of them, separated by commas (default: %(default)s)",
        )

        parser.add_argument(
            "--edition", help="number of a frozen edition of the period, or its code (2018-1)"
        )

    @replica.reading_all()
    def handle(
        self,
        *args: Any,
        period: str,
        region: str | None,
        out: Path,
        language: list[str] | None,
        formats: str,
        edition: str | None,
        **options: Any,
    ) -> None:
        if edition:
            self._rebuild(period, edition, out)
            return
        wanted = [name.strip() for name in formats.split(",") if name.strip()]
        if unknown := sorted(set(wanted) - set(render.FORMATS)) or ([] if wanted else ["none"]):
            raise CommandError(
                f"Unknown formats: {', '.join(unknown)}. Known: {', '.join(render.FORMATS)}."
            )
        try:
            made_from = source.gather(period, region=region)
        except KeyError:
            raise CommandError(_unknown(period, region)) from None
        languages = list(dict.fromkeys(language or [settings.LANGUAGE_CODE]))
        try:
            written = render.write(
                made_from.report,
                out,
                languages,
                wanted,
                codebook(),
                lambda path: self.stderr.write(path.name),
            )
        except OSError as error:
            raise CommandError(f"{error.filename or out}: {error.strerror}") from None
        self.stderr.write(f"{len(written)} files in {out}")

    def _rebuild(self, period: str, edition: str, out: Path) -> None:
        """Make every file of an edition again; other bytes than were stored are an error, unless
        the code is another one than then."""
        try:
            made = rebuilding.rebuild(period, edition)
        except LookupError:
            raise CommandError(f"There is no frozen edition “{edition}” of {period}.") from None
        out.mkdir(parents=True, exist_ok=True)
        other = []
        for file in made.files():
            (out / file.name).write_bytes(file.content)
            self.stderr.write(f"{file.name}  {file.sha256}  {'same' if file.same else 'OTHER'}")
            if not file.same:
                other.append(file.name)
        if not made.same_values:
            raise CommandError("The values differ from those that were frozen.")
        if other and made.same_code:
            raise CommandError(f"Other bytes than were frozen: {', '.join(other)}")
        if other:
            self.stderr.write(
                "The code is another one than when the edition was frozen: the values are the "
                "same, the files are set anew. The frozen files are on the edition's page."
            )


def _unknown(period: str, region: str | None) -> str:
    """Why there is no such report."""
    known = {each.code: each for each in source.periods()}
    if period not in known:
        return f"There is no period “{period}”. Known: {', '.join(known)}."
    regions = source.regions()
    if region not in regions:
        return f"There is no region “{region}”. Known: {', '.join(regions)}."
    return f"The period “{period}” rests on earlier reports; they tell nothing of a region."
