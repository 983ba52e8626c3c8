"""The site's settings with the migrations of a later version: see ``tests.faults.later``."""

from tests.site_settings import *  # noqa: F403

MIGRATION_MODULES = {"cards": "tests.faults.later"}
