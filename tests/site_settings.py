"""The site's own settings, for programs that a test starts; only durability is not insisted on."""

from monitoring.settings import *  # noqa: F403
from monitoring.settings import DATABASES, JOB_KINDS

# The tests' PostgreSQL does not wait for the disk; nothing there has to outlive the machine.
DURABILITY_CHECKED = DATABASES["default"]["ENGINE"].endswith("sqlite3")
# Work that takes as long as a test wants, beside what the site knows.
JOB_KINDS = [*JOB_KINDS, "tests.jobs.slow.SLOW"]
