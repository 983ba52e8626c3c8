"""``build_report PERIOD --out DIR [--language ru|kk|en]… [--formats pdf,xlsx,csv,json,html]``."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from reports import render, source
from reports.codebook import codebook


class Command(BaseCommand):
    help = (
        "Write the report of a period, computed from live approved cards: the document, the "
        "workbook, values.csv, report.json, a CSV per table and the figures."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        languages = [code for code, _name in settings.LANGUAGES]
        parser.add_argument("period", help="code of the period, such as 2018")
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

    def handle(
        self,
        *args: Any,
        period: str,
        out: Path,
        language: list[str] | None,
        formats: str,
        **options: Any,
    ) -> None:
        wanted = [name.strip() for name in formats.split(",") if name.strip()]
        if unknown := sorted(set(wanted) - set(render.FORMATS)) or ([] if wanted else ["none"]):
            raise CommandError(
                f"Unknown formats: {', '.join(unknown)}. Known: {', '.join(render.FORMATS)}."
            )
        try:
            made_from = source.gather(period)
        except KeyError:
            known = ", ".join(each.code for each in source.periods())
            raise CommandError(f"There is no period “{period}”. Known: {known}.") from None
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
