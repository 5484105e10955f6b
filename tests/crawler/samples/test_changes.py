from __future__ import annotations

from crawler.samples import SampleReport, World
from crawler.samples.changes import CHANGE_DAY
from crawler.samples.report import compose

from .conftest import Browser


def the_one(world: World, change: str) -> SampleReport:
    (report,) = [report for report in world.reports if change in report.changes]
    return report


def on(world: World, day: int, change: str) -> SampleReport:
    (report,) = [report for report in world.reports_on(day) if change in report.changes]
    return report


def fetch(browser: Browser, report: SampleReport, day: int) -> tuple[int, bytes]:
    browser.clock.day = day
    fetched = browser.get(report.url)
    return fetched.status, fetched.body


def test_nothing_changes_before_day_thirty_and_nothing_after(world: World, browser: Browser) -> None:
    assert CHANGE_DAY == 30
    for report in world.reports:
        assert fetch(browser, report, 1) == fetch(browser, report, 29)
        assert fetch(browser, report, 30) == fetch(browser, report, 31)


def test_a_report_without_a_change_keeps_its_bytes(world: World, browser: Browser) -> None:
    for report in world.reports:
        if not report.changes:
            assert fetch(browser, report, 1) == fetch(browser, report, 30)


def test_an_edited_report_has_two_other_cells_right_sums_and_another_narrative(world: World) -> None:
    before, after = on(world, 1, "edited"), on(world, 30, "edited")
    changed = {key for key in before.cells if before.cells[key] != after.cells[key]}
    assert {key[1:] for key in changed} == {("review", "upheld"), ("review", "corrected")}
    assert (before.wrong_sums, after.wrong_sums) == ((), ())
    texts = ["".join(compose(report.plan, report.edition).sections[0].paragraphs) for report in (before, after)]
    assert "结果维持2件、结果纠正0件" in texts[0]
    assert "结果维持1件、结果纠正1件" in texts[1]
    assert texts[0].replace("结果维持2件、结果纠正0件", "结果维持1件、结果纠正1件") == texts[1]


def test_a_reworded_report_has_the_same_cells(world: World) -> None:
    before, after = on(world, 1, "reworded"), on(world, 30, "reworded")
    assert before.cells == after.cells
    assert compose(before.plan, before.edition).sections != compose(after.plan, after.edition).sections


def test_a_withdrawn_report_answers_404(world: World, browser: Browser) -> None:
    report = the_one(world, "withdrawn")
    assert [fetch(browser, report, day)[0] for day in (1, 30)] == [200, 404]
    assert report.url not in {one.url for one in world.reports_on(30)}


def test_a_soft_404_answers_200_without_the_report(world: World, browser: Browser) -> None:
    status, body = fetch(browser, the_one(world, "soft_404"), 30)
    assert status == 200
    assert "页面不存在" in body.decode("utf-8")
    assert "总体情况" not in body.decode("utf-8")


def test_a_moved_report_has_the_same_cells_at_a_new_address(world: World, browser: Browser) -> None:
    before, after = on(world, 1, "moved"), on(world, 30, "moved")
    assert before.url != after.url
    assert before.cells == after.cells
    assert fetch(browser, before, 30)[0] == 404
    assert fetch(browser, after, 1)[0] == 404
    assert fetch(browser, after, 30) == fetch(browser, before, 1)


def test_a_challenge_stands_in_place_of_the_report(world: World, browser: Browser) -> None:
    status, body = fetch(browser, the_one(world, "challenge"), 30)
    assert (status, b"acw_sc__v2" in body, len(body) < 1000) == (200, True, True)


def test_challenges_differ_with_the_portal() -> None:
    world = World(plant={"challenge": [(0, 2024), (1, 2024), (2, 2024)]})
    statuses = []
    for portal in world.portals:
        (report,) = [report for report in portal.reports if report.changes]
        statuses.append(portal.answer("GET", report.url.removeprefix(f"http://{portal.host}"), {}, 1).status)
    assert statuses == [521, 412, 200]


def test_soft_404s_differ_with_the_portal() -> None:
    world = World(plant={"soft_404": [(0, 2024), (1, 2024), (2, 2024)]})
    bodies = []
    for portal in world.portals:
        (report,) = [report for report in portal.reports if report.changes]
        answer = portal.answer("GET", report.url.removeprefix(f"http://{portal.host}"), {}, 1)
        assert answer.status == 200
        bodies.append(answer.body.decode(portal.site.encoding))
    assert 'http-equiv="refresh"' in bodies[0]
    assert "页面不存在" in bodies[1]
    assert "政府信息公开年报" in bodies[2]


def test_a_republished_report_changes_bytes_alone(world: World, browser: Browser) -> None:
    before, after = on(world, 1, "republished"), on(world, 30, "republished")
    assert before.cells == after.cells
    old, new = fetch(browser, before, 1)[1], fetch(browser, before, 30)[1]
    assert old != new
    differing = [pair for pair in zip(old.splitlines(), new.splitlines(), strict=True) if pair[0] != pair[1]]
    assert len(differing) == 2
    assert b"hits" in differing[0][0]
    assert b"jsessionid" in differing[1][0]


def test_a_page_replaced_by_a_pdf_keeps_its_address_and_its_cells(world: World, browser: Browser) -> None:
    before, after = on(world, 1, "replaced_by_pdf"), on(world, 30, "replaced_by_pdf")
    assert (before.url, before.cells, before.title) == (after.url, after.cells, after.title)
    assert before.url.endswith(".html")
    types = []
    for day in (1, 30):
        browser.clock.day = day
        fetched = browser.get(before.url)
        assert fetched.status == 200
        types.append((fetched.headers["Content-Type"], fetched.body[:5]))
    assert types == [("text/html;charset=utf-8", b"<!DOC"), ("application/pdf", b"%PDF-")]


def test_a_new_report_is_there_from_day_thirty_only(world: World, browser: Browser) -> None:
    report = the_one(world, "new")
    assert [fetch(browser, report, day)[0] for day in (1, 30)] == [404, 200]
    assert report.url not in {one.url for one in world.reports_on(1)}
    assert report.published == world.date_of(29).date()


def test_etags_and_dates_follow_the_changes(world: World, browser: Browser) -> None:
    report = on(world, 1, "edited")
    first = browser.get(report.url).headers
    browser.clock.day = 30
    known = {"If-None-Match": first["ETag"], "If-Modified-Since": first["Last-Modified"]}
    second = browser.get(report.url, headers=known)
    assert second.status == 200
    assert second.headers["ETag"] != first["ETag"]
    assert second.headers["Last-Modified"] != first["Last-Modified"]
