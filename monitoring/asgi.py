"""Entry point for ASGI servers."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "monitoring.settings")
application = get_asgi_application()

from monitoring import durability  # noqa: E402  (needs the settings)

durability.insist()
