"""What submitting is held against: a view that inserts one row, among the site's own addresses.

The same process, the same database and durability, the same middleware and signed-in person; no
rule, no history, no number. ``tests.bench.addresses`` serves it beside the site's pages.
"""

from __future__ import annotations

import uuid

from django.db import transaction
from django.http import HttpRequest, JsonResponse

from cards.models import Arrival


def insert(request: HttpRequest) -> JsonResponse:
    """One row of a narrow table with a unique index, durable when the answer goes out."""
    with transaction.atomic():
        row = Arrival.objects.create(
            account_id=request.user.pk, uuid=uuid.uuid4(), digest=uuid.uuid4().hex
        )
    return JsonResponse({"result": "submitted", "row": row.pk})
