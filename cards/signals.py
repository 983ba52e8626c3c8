"""What the rest of the product may listen to, so that cards need not know who listens."""

from django.dispatch import Signal

#: Sent inside the transaction that changed a card that counts, counted, or was prevented, or an
#: application that never became an assembly.
#: ``months``: set of (place code, first day of the month) whose cards or applications changed.
#: ``added``: the key of the one card that is all that changed, in the one month of ``months``: it
#: did not count before and does now, or is told as prevented; None for any other change.
counted_cards_changed = Signal()
