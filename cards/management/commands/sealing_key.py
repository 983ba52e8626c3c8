"""``sealing_key``: the keys that devices seal to, and what losing them means."""

from __future__ import annotations

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cards.field import sealing

NO_RECOVERY = (
    "There is no recovery key. If the folder is lost and no backup has it, what devices "
    "have sealed and not sent yet can never be opened: `sealing_key recovery --out FILE` makes one."
)
RECOVERY = """The recovery key {kid} is made.
Its private half is in {out}, and nowhere else. Take it off this machine now: on a stick or on
paper, in two places, with two people; then delete the file here. Devices seal to it, too, from
their next visit on.
Lost: make another. What was sealed before still opens with the key of the site.
Known to others: whoever has it opens what they take from a device. Make another; there is no way
to take back what was sealed to this one."""


class Command(BaseCommand):
    help = "The keys that devices seal finished cards to: list, new (rotate), recovery, import."

    def add_arguments(self, parser: CommandParser) -> None:
        ways = parser.add_subparsers(dest="way", required=True)
        ways.add_parser("list", help="every key: since when, which of them devices seal to")
        ways.add_parser("new", help="another pair; devices seal to it from their next visit on")
        recovery = ways.add_parser(
            "recovery", help="a pair for the day on which the folder is lost"
        )
        recovery.add_argument(
            "--out",
            type=Path,
            required=True,
            help="new file for the private half, to be taken away",
        )
        add = ways.add_parser("import", help="add a key that was made elsewhere, or found again")
        add.add_argument("file", type=Path, help="a JWK; a public one becomes the recovery key")

    def handle(self, *args, way: str, **options) -> None:
        try:
            getattr(self, f"_{way}")(options)
        except sealing.Refused as refused:
            raise CommandError(str(refused)) from None
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from None

    def _list(self, options) -> None:
        rows = sealing.listing()
        first: set[str] = set()
        for row in rows:
            uses = {
                sealing.SITE: ("devices seal to it", "still opens"),
                sealing.RECOVERY: ("recovery, devices seal to it as well", "earlier recovery key"),
            }[row.kind]
            use = uses[row.kind in first] if row.kid else "CANNOT BE READ"
            if row.kid:
                first.add(row.kind)
            self.stdout.write(f"{row.made}  {row.kid or row.path.name}  {use}")
        if sealing.SITE not in first:
            self.stdout.write("There is no key that devices could seal to: `prepare` makes one.")
        if sealing.RECOVERY not in first:
            self.stdout.write(NO_RECOVERY)

    def _new(self, options) -> None:
        kid = sealing.rotate()
        self.stdout.write(f"Devices seal to {kid} from their next visit on; older keys still open.")
        self.stdout.write("Make a backup: only backups from now on have this key.")

    def _recovery(self, options) -> None:
        kid = sealing.make_recovery(options["out"])
        self.stdout.write(RECOVERY.format(kid=kid, out=options["out"]))

    def _import(self, options) -> None:
        kind, kid = sealing.add_key(options["file"].read_text(errors="replace"))
        if kind == sealing.SITE:
            self.stdout.write(f"{kid} opens what was sealed to it; devices are not told of it.")
            self.stdout.write("`open_sealed` opens what waited for it.")
        else:
            self.stdout.write(f"Devices seal to the recovery key {kid}, too, from now on.")
