"""The charts in a real Chromium: lines that stop at every gap and break, signs, words, keys, and nothing from elsewhere."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import tomllib
from collections.abc import Iterator
from contextlib import closing
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from archive.publication import ReleaseSummary
from archive.website.serve import serving

DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
VENDOR = files("archive.website").joinpath("static", "vendor")
SERIES = "requests/new_received/total"

LONG = """
CREATE TEMP TABLE unit_drawn AS SELECT unit_id FROM report WHERE source_url = 'http://b.test/2023.html';
CREATE TEMP TABLE twin AS SELECT p.*, y.year AS new_year, y.year || 'x' AS new_id
    FROM (SELECT 2017 AS year, 2020 AS model UNION SELECT 2018, 2020 UNION SELECT 2021, 2023 UNION SELECT 2022, 2023) y
    JOIN report p ON p.report_year = y.model AND p.unit_id = (SELECT unit_id FROM unit_drawn);
CREATE TEMP TABLE twin_cell AS SELECT c.*, t.new_id FROM cell c JOIN twin t ON t.id = c.report_id;
UPDATE twin SET id = new_id, report_year = new_year;
UPDATE twin_cell SET report_id = new_id;
ALTER TABLE twin DROP COLUMN new_id; ALTER TABLE twin DROP COLUMN new_year; ALTER TABLE twin_cell DROP COLUMN new_id;
INSERT INTO report SELECT * FROM twin;
INSERT INTO cell SELECT * FROM twin_cell;
UPDATE cell SET trust = 'disputed', value = 9 WHERE report_id = '2018x' AND "row" = 'new_received' AND "column" = 'total';
UPDATE cell SET trust = 'inferred' WHERE report_id = '2022x' AND "row" = 'new_received' AND "column" = 'total';
UPDATE cell SET trust = NULL, state = 'undecidable', value = NULL WHERE report_id = '2022x' AND "row" = 'granted' AND "column" = 'total';
"""
"""A unit with reports on 2017, 2018 and 2020 in the form of 2019, on 2021 to 2023 in that of 2021, and none on 2019, 2024 and 2025."""

RUNS = """f => f.plot.data.slice(1).map((values) => f.plot.data[0].filter((_, n) => values[n] !== null))"""
INK = """(f, [from, to, places]) => {
  const u = f.plot, box = u.bbox;
  const line = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  line.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--accent");
  line.fillRect(0, 0, 1, 1);
  const wanted = line.getImageData(0, 0, 1, 1).data;
  const copy = Object.assign(document.createElement("canvas"), { width: u.ctx.canvas.width, height: u.ctx.canvas.height });
  const ink = copy.getContext("2d", { willReadFrequently: true });
  ink.drawImage(u.ctx.canvas, 0, 0);
  return places.map((place) => {
    const x = Math.round(u.valToPos(from + (to - from) * place, "x", true));
    const data = ink.getImageData(x, box.top, 1, box.height).data;
    for (let n = 0; n < data.length; n += 4)
      if (data[n + 3] > 100 && [0, 1, 2].every((c) => Math.abs(data[n + c] - wanted[c]) < 40)) return true;
    return false;
  });
}"""
"""Whether a line is drawn at some places between two years."""


FITTED = """() => new Promise((done) => {
  const fits = (f) => f.plot.width === f.querySelector(".plot").clientWidth;
  const look = () => ([...document.querySelectorAll("figure.chart")].every(fits) ? done() : requestAnimationFrame(look));
  look();
})"""
"""Ends when every chart is as wide as its place. (What playwright waits by is forbidden by the page's policy.)"""


def test_what_the_site_ships_from_npm_is_what_is_pinned_with_its_licence() -> None:
    pinned = tomllib.loads(VENDOR.joinpath("pinned.toml").read_text("utf-8"))
    wanted = {name: sha256 for package in pinned.values() for name, (_, sha256) in package["files"].items()}
    there = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in VENDOR.iterdir()}
    del there["pinned.toml"]
    assert there == wanted
    for name, package in pinned.items():
        (licence,) = [file for file in package["files"] if file.endswith(".LICENSE")]
        assert f"The {package['licence']} License" in VENDOR.joinpath(licence).read_text("utf-8"), name
        assert package["version"] in VENDOR.joinpath("uPlot.min.js").read_text("utf-8")[:200]


@pytest.fixture(scope="module")
def long_site(release: ReleaseSummary, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site on a release with a unit of seven years."""
    folder = tmp_path_factory.mktemp("long") / "release"
    shutil.copytree(release.path, folder)
    with closing(sqlite3.connect(folder / "gongkai.db")) as db:
        db.executescript(LONG)
        (unit,) = db.execute("SELECT unit_id FROM unit_drawn").fetchone()
        db.commit()
    with serving(folder) as url:
        yield f"{url}unit/{unit}"


def opened(context: BrowserContext, url: str) -> tuple[Page, list[str]]:
    context.set_default_timeout(20_000)
    page, heard = context.new_page(), []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.goto(url, wait_until="load")
    return page, heard


@pytest.mark.browser
@pytest.mark.parametrize(("size", "locale"), [(DESK, "zh-CN"), (PHONE, "en-GB")], ids=["desk-zh", "phone-en"])
def test_a_line_runs_over_no_missing_year_and_no_break_of_form_and_every_figure_has_its_sign(
    chromium: Browser, long_site: str, size: dict[str, int], locale: str
) -> None:
    context = chromium.new_context(viewport=size, locale=locale)  # type: ignore[arg-type]
    page, heard = opened(context, long_site)
    chart = page.locator(f'figure.chart[data-chart="{SERIES}"]')
    granted = page.locator('figure.chart[data-chart="requests/granted/total"]')
    if pictures := os.environ.get("GONGKAI_SCREENSHOTS"):
        Path(pictures).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(pictures) / f"charts-{size['width']}.png", full_page=True)
    assert chart.evaluate(RUNS) == [[2017, 2018], [2020], [2021, 2022, 2023]]
    assert granted.evaluate(RUNS) == [[2017, 2018], [2020], [2021], [2023]]  # what could not be read in 2022 is a gap
    between = [0.3, 0.5, 0.7]
    for first, joined in ((2017, True), (2018, False), (2019, False), (2020, False), (2021, True), (2022, True)):
        assert chart.evaluate(INK, [first, first + 1, between]) == [joined] * 3, first
    assert granted.evaluate(INK, [2021, 2023, between]) == [False] * 3

    assert chart.locator(".hole").count() == 3 and chart.locator(".break").count() == 1
    title = chart.locator(".break").get_attribute("title") or ""
    assert title.startswith("2021 年起" if locale == "zh-CN" else "another form or scope from 2021")
    signs = chart.locator("a.dot").evaluate_all(
        "all => all.map((e) => [e.getAttribute('aria-label').slice(0, 4), e.classList[1], getComputedStyle(e, '::before').content])"
    )
    assert [(year, level) for year, level, _ in signs] == [
        ("2017", "verified"), ("2018", "disputed"), ("2020", "verified"),
        ("2021", "verified"), ("2022", "inferred"), ("2023", "verified"),
    ]  # fmt: skip
    assert len({sign for _, level, sign in signs}) == len({level for _, level, _ in signs})

    for width in (700, 340):
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate(FITTED)
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, (width, over)
    context.close()
    assert heard == []


@pytest.mark.browser
def test_a_figure_on_a_chart_is_reached_by_keys_and_pointer_and_leads_to_its_cell(
    chromium: Browser, long_site: str
) -> None:
    context = chromium.new_context(viewport=DESK, locale="zh-CN")  # type: ignore[arg-type]
    page, heard = opened(context, long_site)
    chart, tip = page.locator(f'figure.chart[data-chart="{SERIES}"]'), page.get_by_role("tooltip")
    chart.locator("a.dot").first.focus()
    expect(tip).to_contain_text("2017: ")
    page.keyboard.press("ArrowRight")
    expect(tip).to_have_text("2018: 9 存疑")
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    chart.locator("a.dot").last.hover()
    expect(tip).to_have_text("2023: 41 已核验")
    box = chart.locator(".hole").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 5)
    expect(tip).to_have_text("2019: 没有报告")
    chart.locator("a.dot").last.click()
    page.wait_for_url(f"**/report/*#{SERIES}")
    expect(page.get_by_role("dialog")).to_contain_text(SERIES)
    context.close()
    assert heard == []


@pytest.mark.browser
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_coverage_chart_draws_the_shares_of_its_table(
    chromium: Browser, knowing_site: str, size: dict[str, int]
) -> None:
    context = chromium.new_context(viewport=size, locale="en-GB")  # type: ignore[arg-type]
    page, heard = opened(context, knowing_site)
    cells = page.locator("table.heat td[data-chart]").evaluate_all(
        "all => all.map((e) => [e.dataset.line, +e.dataset.year, e.querySelector('a').textContent])"
    )
    chart = page.locator("figure.chart")
    drawn = chart.evaluate(
        "f => f.plot.data.slice(1).map((v) => v.map((one, n) => [f.plot.data[0][n], one]).filter((p) => p[1] !== null)).flat()"
    )
    parts = [(year, *map(int, text.split("/"))) for _, year, text in cells]
    assert sorted([year, value] for year, value in drawn) == sorted([y, round(100 * n / of, 1)] for y, n, of in parts)
    assert chart.locator("a.dot").count() == len(cells)
    levels = {line for line, _, _ in cells}
    assert chart.locator(".lines li").count() == len(levels)
    signs = chart.locator(".lines .dot").evaluate_all("all => all.map((e) => getComputedStyle(e, '::before').content)")
    assert len(set(signs)) == len(levels)
    context.close()
    assert heard == []


@pytest.mark.browser
def test_without_scripts_there_is_the_table_and_no_empty_chart(chromium: Browser, long_site: str) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(long_site)
    expect(page.locator("table.years tbody tr")).to_have_count(9)
    expect(page.locator(".drawn")).to_be_hidden()
    context.close()
