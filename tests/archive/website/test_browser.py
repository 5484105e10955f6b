"""The site in a real Chromium: from the front page to a cell's source, on a desk and on a phone, in silence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from archive import Archive, Capture, SimulatedClock
from archive.publication import publish
from archive.reading.readings import read_captures
from archive.website.serve import serving

pytestmark = pytest.mark.browser

DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
DISPUTED = "http://a.test/2023.html"
EDITED = "http://b.test/2023.html"


class Watch:
    """A page that may neither complain nor ask another host for anything."""

    def __init__(self, context: BrowserContext, site: str) -> None:
        self.site = site
        self.complaints: list[str] = []
        self.page: Page = context.new_page()
        self.page.on("console", lambda message: self.complaints.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        context.on(
            "request",
            lambda request: None if request.url.startswith((site, "data:")) else self.complaints.append(request.url),
        )

    def go(self, path: str) -> Page:
        self.page.goto(self.site.rstrip("/") + path, wait_until="load")
        return self.page


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def watch(request: pytest.FixtureRequest, chromium: Browser, site: str) -> Iterator[Watch]:
    context = chromium.new_context(viewport=request.param, locale="zh-CN")
    context.set_default_timeout(10_000)
    watched = Watch(context, site)
    yield watched
    context.close()
    assert watched.complaints == []


def figure(page: Page, key: str) -> str:
    return f'[id="{key}"]'


def test_from_the_front_page_to_a_cell_and_its_source(watch: Watch) -> None:
    page = watch.go("/")
    page.get_by_role("searchbox").fill("新华区")
    page.get_by_role("button", name="搜索").click()
    page.get_by_role("link", name="平顶山市新华区政务服务局2023年").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("平顶山市新华区政务服务局2023年")

    cell = page.locator(figure(page, "requests/new_received/total"))
    expect(cell.locator(".text")).to_have_text("9")
    cell.click()
    detail = page.get_by_role("dialog")
    for said in ("存疑", "A1 行合计", "不成立", "第 2 块", "一、本年新收政府信息公开申请数量 · 总计"):
        expect(detail).to_contain_text(said)
    expect(cell).to_be_in_viewport()
    detail.get_by_role("link", name="查看来源网页").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("来源网页")
    expect(page.locator("main")).to_contain_text("http://a.test/2023.html")
    captured = page.frame_locator("iframe.captured")
    expect(captured.locator("body")).to_contain_text("一、总体情况")
    expect(captured.get_by_role("heading", level=1)).to_contain_text("平顶山市新华区政务服务局2023年")
    captured.get_by_text("外链").click()
    expect(captured.locator("body")).to_contain_text("一、总体情况")


def test_every_state_is_drawn_with_a_sign_of_its_own(watch: Watch, report_ids: dict[str, str]) -> None:
    page = watch.go(f"/report/{report_ids[DISPUTED]}")
    for key, level, text in (
        ("new_received/natural_person", "disputed", "3"),
        ("granted/natural_person", "blank", ""),
        ("granted/business", "dash", "—"),
        ("granted/research", "inferred", "=见附件"),
        ("granted/total", "undecidable", "2 11"),
        ("granted_partial/total", "inferred", "5"),
        ("other_handling.other/total", "absent", ""),
        ("carried_in/total", "verified", None),
    ):
        cell = page.locator(figure(page, f"requests/{key}"))
        assert level in (cell.get_attribute("class") or ""), key
        if text is not None:
            assert cell.locator(".text").inner_text() == text, key
        sign = cell.locator(".sign").evaluate("e => getComputedStyle(e, '::before').content")
        assert sign not in ("none", "normal", '""'), key


def test_cells_are_reached_by_keyboard_and_by_address(watch: Watch, report_ids: dict[str, str]) -> None:
    page = watch.go(f"/report/{report_ids[DISPUTED]}#requests/new_received/total")
    detail = page.get_by_role("dialog")
    expect(detail).to_contain_text("requests/new_received/total")
    page.keyboard.press("Escape")
    expect(detail).to_be_hidden()
    expect(page.locator(figure(page, "requests/new_received/total"))).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowDown")
    expect(page.locator(figure(page, "requests/carried_in/other_org"))).to_be_focused()
    page.keyboard.press("Enter")
    expect(detail).to_contain_text("已核验")


def test_versions_show_which_cells_changed(watch: Watch, report_ids: dict[str, str]) -> None:
    page = watch.go(f"/report/{report_ids[EDITED]}")
    timeline = page.locator(".timeline > li")
    expect(timeline).to_have_count(2)
    expect(timeline.first).to_contain_text("内容更改")
    expect(timeline.first.locator("tbody tr").last).to_contain_text("本年新收政府信息公开申请数量 · 总计")
    expect(timeline.first.locator("tbody tr").last).to_contain_text("41")


def test_a_report_is_readable_without_scripts(chromium: Browser, site: str, report_ids: dict[str, str]) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(f"{site}report/{report_ids[DISPUTED]}#requests/new_received/total")
    expect(page.locator(figure(page, "requests/new_received/total"))).to_be_in_viewport()
    expect(page.locator("#tables")).to_contain_text("1. Requests received in the year")
    expect(page.get_by_role("dialog")).to_be_hidden()
    context.close()


def test_the_five_seeds_are_on_the_site_cell_by_cell(
    chromium: Browser, samples: ModuleType, shared: Path, seeds: list[Path], tmp_path: Path
) -> None:
    import json

    with Archive.open(tmp_path / "archive", SimulatedClock(samples.DAY), create=True) as archive:
        for seed in seeds:
            archive.record_capture(
                Capture(f"file:{seed.name}", samples.DAY, "import", "imported", body=seed.read_bytes())
            )
        read_captures(archive)
        made = publish(archive, tmp_path / "releases", at=samples.DAY)
    assert made.counts.reports == len(seeds)
    with serving(made.path) as site:
        context = chromium.new_context(viewport=DESK, locale="zh-CN")
        watched = Watch(context, site)
        for query in ("新榮區", "新荣区"):
            page = watched.go(f"/search?q={query}")
            expect(page.locator(".hits > li")).to_have_count(1)
        for seed in seeds:
            golden = json.loads((shared / "golden" / f"{seed.stem}.json").read_text("utf-8"))
            page = watched.go(f"/search?q={golden['issuer']}")
            page.locator(".hits > li > a", has_text=str(golden["report_year"])).first.click()
            expect(page.locator("main")).to_contain_text(f"file:{seed.name}")
            facts = page.locator(".facts").first
            for said in (golden["issuer"], golden["region"]["code"], str(golden["report_year"]), "未注明"):
                expect(facts).to_contain_text(said)
            expect(page.locator(".tag.imported")).to_be_visible()
            shown = page.locator("#tables .figure").evaluate_all(
                "all => Object.fromEntries(all.map(e => [e.id, [e.dataset.state, e.querySelector('.text').textContent]]))"
            )
            wanted = {
                f"{c['table']}/{c['row']}/{c['column']}": [
                    c["state"],
                    "" if c.get("value") is None else str(c["value"]),
                ]
                for c in golden["cells"]
            }
            assert {key: cell for key, cell in shown.items() if cell[0] != "absent"} == wanted, seed.name
        context.close()
        assert watched.complaints == []
