"""What the accounts tell others; sent inside the transaction that changed the account."""

from django.dispatch import Signal

#: Sent with account, actor (None: the operator), kind ("invited", "account" or "sign_in_means"),
#: changes (field -> [before, after], several codes joined by ";") and reason (may be "").
account_changed = Signal()
