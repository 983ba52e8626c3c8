"""The site's own settings, and with each answer what it cost."""

from tests.site_settings import *  # noqa: F403
from tests.site_settings import MIDDLEWARE

MIDDLEWARE = ["tests.load.timing.TimingMiddleware", *MIDDLEWARE]
