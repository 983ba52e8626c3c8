"""The site's own settings, for programs that a test starts; only durability is not insisted on."""

from monitoring.settings import *  # noqa: F403
from monitoring.settings import DATABASES

# The tests' PostgreSQL does not wait for the disk; nothing there has to outlive the machine.
DURABILITY_CHECKED = DATABASES["default"]["ENGINE"].endswith("sqlite3")
