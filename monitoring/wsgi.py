"""Entry point for WSGI servers: ``gunicorn monitoring.wsgi``."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "monitoring.settings")
# Nothing that a worker is made of becomes garbage: it is not looked through while it is made, nor
# ever again, and processes forked after it share its memory.
gc.disable()
application = get_wsgi_application()

from monitoring import durability  # noqa: E402  (needs the settings)

durability.insist()
gc.freeze()
gc.enable()
