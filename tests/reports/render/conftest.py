"""The sample report, and its PDF made once for all tests that look into it."""

import pytest

from reports.types import Report
from tests.reports.render import sample


@pytest.fixture(scope="session")
def report() -> Report:
    return sample.report()


@pytest.fixture(scope="session")
def pdf_bytes(report: Report) -> bytes:
    from reports.render import render_pdf

    return render_pdf(report, "ru")
