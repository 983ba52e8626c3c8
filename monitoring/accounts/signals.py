"""What the rest of the product may listen to, so that accounts need not know who listens."""

from django.dispatch import Signal

#: Sent inside the transaction that changed an account. ``account``, ``actor``, ``kind``
#: ("invited", "account" or "sign_in_means"), ``changes`` {field: [before, after]} as text,
#: ``reason``.
account_changed = Signal()
#: Sent when a password or a code was wrong; says neither whose it was nor from where it came.
sign_in_failed = Signal()


def tell(account, *, actor, kind: str, changes: dict[str, list[str]], reason: str = "") -> None:
    """Send ``account_changed``; what stayed the same is left out."""
    account_changed.send(
        sender=type(account),
        account=account,
        actor=actor,
        kind=kind,
        changes={name: pair for name, pair in changes.items() if pair[0] != pair[1]},
        reason=reason,
    )
