"""The site's settings with a few addresses more, to measure its own pages by."""

from monitoring.settings import *  # noqa: F403

ROOT_URLCONF = "tests.bench.addresses"
