"""Pictures of the README, taken from a running demonstration: ``make run``, then this.

.venv/bin/python .ci/screenshots.py [http://127.0.0.1:8000]
"""

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from playwright.sync_api import sync_playwright  # noqa: E402

from tests.browser import launch  # noqa: E402

#: Of ``monitoring.demo``; ``make run`` prints it.
PASSWORD = "demonstration"  # noqa: S105
IMAGES = ROOT / "docs" / "images"
#: Page of the report with table 4 and figure 2.
REPORT_PAGE = "9"


def signed_in(browser, site: str, name: str, width: int, height: int):
    context = browser.new_context(
        base_url=site,
        locale="ru-RU",
        viewport={"width": width, "height": height},
        device_scale_factor=2,
    )
    page = context.new_page()
    page.goto("/sign-in/")
    page.fill("[name=username]", name)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    return page


def main(site: str) -> None:
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = launch(playwright)
        phone = signed_in(browser, site, "monitor", 360, 740)
        phone.goto("/cards/new/#section-numbers")
        phone.wait_for_selector('.counter[data-target="id_participants"]:visible')
        for _tap in range(12):
            phone.click('.counter[data-target="id_participants"] [data-step="1"]')
        phone.screenshot(path=IMAGES / "card-360.png")
        phone.goto("/field/ru/")
        phone.wait_for_selector("html[data-ready=yes]")
        phone.wait_for_timeout(2000)
        phone.context.set_offline(True)
        phone.click("[data-new=quick]")
        phone.locator('.question[data-field="participants"] .field-counts button').click()
        for step in ("10", "5", "5", "1", "1"):
            phone.click(f"#tally [data-add='{step}']")
        phone.screenshot(path=IMAGES / "counting-360.png")
        phone.context.set_offline(False)
        desk = signed_in(browser, site, "analyst", 1280, 900)
        pdf = desk.request.get("/reports/2018/files/pdf/ru/", timeout=180_000).body()
        browser.close()
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "report.pdf"
        source.write_bytes(pdf)
        subprocess.run(
            [
                "pdftoppm",
                "-png",
                "-r",
                "80",
                "-f",
                REPORT_PAGE,
                "-l",
                REPORT_PAGE,
                "-singlefile",
                str(source),
                str(IMAGES / "report-page"),
            ],  # fmt: skip
            check=True,
        )


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
