"""Every page in a real Chromium, in both languages and widths: silent, within the screen, light, and without a serious axe issue."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
AXE = Path(__file__).with_name("axe") / "axe.min.js"
"""axe-core 4.14.1 from npm, under the Mozilla Public License 2.0 (axe/LICENSE)."""
DISPUTED, EARLIER, EDITED = "http://a.test/2023.html", "http://a.test/2021.html", "http://b.test/2023.html"


@pytest.fixture(scope="module")
def paths(ask_knowing: object, report_ids: dict[str, str]) -> dict[str, str]:
    """An address of every page."""
    report, edited = report_ids[DISPUTED], report_ids[EDITED]
    given = ask_knowing(f"/report/{edited}.json").json  # type: ignore[operator]
    return {
        "front": "/",
        "search": f"/search?q={quote('公开')}",
        "browse": "/search",
        "report": f"/report/{report}",
        "list": "/report/list2016",
        "changed-report": f"/report/{edited}",
        "source": f"/report/{report}/source?cell=requests/new_received/total",
        "unit": f"/unit/{given['unit']['id']}",
        "place": "/place/410000",
        "nowhere": "/place/000000",
        "compare": f"/compare?r={report}&r={report_ids[EARLIER]}&r={edited}",
        "choose": "/compare",
        "checks": "/checks",
        "sums": "/checks/sums",
        "changed": "/checks/changed",
        "late": "/checks/late",
        "copied": "/checks/copied",
        "data": "/data",
        "missing": "/unit/none",
        "narrowed": "/search?finding=sum_fails&place=410000",
        "chosen": f"/search?q=%E5%85%AC%E5%BC%80&with={report}",
        "database": "/gongkai",
        "table": "/gongkai/cell?table=requests&_facet=row",
        "labelled": "/gongkai/report",
        "row": "/gongkai/unit/000000-0000000a",
        "query": "/gongkai/received_by_year",
        "asked": "/gongkai/disputed_cells?year=2023",
        "own": "/gongkai?sql=select+1",
        "refused": "/gongkai?sql=drop+table+cell",
        "nothing": "/nothing",
    }


@pytest.mark.parametrize(
    ("size", "language"),
    [
        pytest.param(DESK, "zh", id="desk-zh"),
        pytest.param(PHONE, "en", id="phone-en"),
        pytest.param(DESK, "en", id="desk-en"),
        pytest.param(PHONE, "zh", id="phone-zh"),
    ],
)
def test_every_page_is_silent_within_the_screen_and_without_a_serious_issue(
    chromium: Browser, knowing_site: str, paths: dict[str, str], size: dict[str, int], language: str
) -> None:
    # axe is put into the page past the policy that forbids it; the policy itself is tested in test_browser.py
    context = chromium.new_context(viewport=size, locale="zh-CN" if language == "zh" else "en-GB", bypass_csp=True)  # type: ignore[arg-type]
    context.set_default_timeout(20_000)
    page, heard = context.new_page(), []
    page.on("console", lambda message: heard.append(f"{page.url}: {message.text}"))
    page.on("pageerror", lambda error: heard.append(f"{page.url}: {error}"))
    context.on("request", lambda r: None if r.url.startswith((knowing_site, "data:")) else heard.append(r.url))
    faults = []
    for name, path in paths.items():
        page.goto(knowing_site.rstrip("/") + path, wait_until="load")
        assert page.locator("html").get_attribute("lang") == ("zh-Hans" if language == "zh" else "en"), name
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, (name, over)
        if pictures := os.environ.get("GONGKAI_SCREENSHOTS"):
            Path(pictures).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=Path(pictures) / f"{name}-{size['width']}-{language}.png", full_page=True)
        page.evaluate(AXE.read_text("utf-8"))
        found = page.evaluate("axe.run({resultTypes: ['violations']}).then((r) => r.violations)")
        faults += [(name, v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in ("serious", "critical")]
    context.close()
    assert faults == []
    assert [text for text in heard if "404" not in text and "400" not in text] == []


def test_front_and_report_weigh_less_than_300_kb_and_are_painted_within_a_second(
    chromium: Browser, knowing_site: str, paths: dict[str, str]
) -> None:
    for name in ("front", "report", "unit", "search"):
        context = chromium.new_context(viewport=DESK)  # type: ignore[arg-type]
        page = context.new_page()
        weights = []
        page.on("response", lambda response, weights=weights: weights.append(len(response.body())))
        page.goto(knowing_site.rstrip("/") + paths[name], wait_until="networkidle")
        painted = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
        context.close()
        assert sum(weights) < 300_000, (name, sum(weights))
        assert painted < 1000, (name, painted)


def tab_to(page: Page, selector: str, most: int = 60) -> None:
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("(s) => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"the Tab key does not reach {selector}")


def test_by_keyboard_from_the_map_to_a_comparison(chromium: Browser, knowing_site: str, paths: dict[str, str]) -> None:
    context = chromium.new_context(viewport=DESK, locale="zh-CN")  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(knowing_site)
    tab_to(page, "a[href='/place/410000']")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("河南省")
    tab_to(page, "a[href^='/unit/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/unit/**")
    page.goto(knowing_site.rstrip("/") + paths["unit"])
    for _ in range(2):
        tab_to(page, "input[name=r]:not(:checked)")
        page.keyboard.press("Space")
    tab_to(page, "form[action='/compare'] button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/compare?r=*&r=*")
    expect(page.locator(".compared li")).to_have_count(2)
    expect(page.locator("td.differs").first).to_be_visible()
    context.close()


def test_a_figure_tells_its_rules_on_focus_and_is_marked_in_its_page(
    chromium: Browser, knowing_site: str, paths: dict[str, str]
) -> None:
    context = chromium.new_context(viewport=DESK, locale="zh-CN")  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(knowing_site.rstrip("/") + paths["report"])
    cell = page.locator('[id="requests/new_received/total"]')
    tip = page.get_by_role("tooltip")
    cell.focus()
    expect(tip).to_contain_text("A1 行合计 不成立 (7 : 9)")
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    cell.hover()
    expect(tip).to_be_visible()
    cell.click()
    expect(tip).to_be_hidden()
    page.get_by_role("dialog").get_by_role("link", name="查看来源网页").click()
    expect(page.get_by_role("status")).to_contain_text("一、本年新收政府信息公开申请数量 · 总计")
    context.close()
