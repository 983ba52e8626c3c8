"""Entry point for WSGI servers: ``gunicorn monitoring.wsgi``."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "monitoring.settings")
application = get_wsgi_application()

from monitoring import durability  # noqa: E402  (needs the settings)

durability.insist()
