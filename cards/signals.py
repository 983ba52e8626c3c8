"""What the rest of the product may listen to, so that cards need not know who listens."""

from django.dispatch import Signal

#: Sent inside the transaction that changed a card that counts, counted, or was prevented.
#: ``months``: set of (place code, first day of the month) whose cards changed.
counted_cards_changed = Signal()
