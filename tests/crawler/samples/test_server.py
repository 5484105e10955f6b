from __future__ import annotations

import html
import re
import time

import lxml.html
import pytest

from crawler.samples import SamplePortal, SampleReport, SampleServer, World
from crawler.samples.carriers import CARRIERS, carrier_of
from crawler.samples.families.jcms import PAST_THE_END
from crawler.samples.families.trs import INLINE
from crawler.samples.formats import FORMATS
from crawler.samples.pages import Column
from crawler.samples.report import compose

from .conftest import Browser, Clock

LINK = re.compile(r'<li><a href="([^"]+)" title="([^"]+)"[^>]*>[^<]*</a><span>(\d{4}-\d\d-\d\d)</span></li>')


def pages_of(portal: SamplePortal, column: Column, browser: Browser) -> list[str]:
    """Follow a list to its end by what its own pages say."""
    first = f"http://{portal.host}{column.path}"
    pages = [browser.get(first).body.decode(portal.site.encoding)]
    if portal.family == "trs":
        count = int(re.findall(r"createPageHTML\((\d+), 0|countPage = (\d+)", pages[0])[0][column.style == INLINE])
        pages += [browser.get(f"{first}index_{n}.html").body.decode("gb18030") for n in range(1, count)]
    elif portal.family == "ucap":
        _, count, _, total = re.findall(r"createPageHTML\('(\w+)',(\d+),(\d+),'list','shtml',(\d+)\)", pages[0])[0]
        assert int(total) == len(portal.rows(column, browser.server.world.stage(browser.clock.day)))
        pages += [
            browser.get(first.replace("list.shtml", f"list_{n}.shtml")).body.decode() for n in range(2, int(count) + 1)
        ]
    else:
        total, size = (int(re.findall(rf"{name}:(\d+)", pages[0])[0]) for name in ("totalRecord", "perPage"))
        for start in range(size + 1, total + 1, size):
            pages.append(records(portal, browser, start, start + size - 1))
    return pages


def is_attached(report: SampleReport) -> bool:
    """Tell whether the list knows a report's letter and not the report."""
    carrier = carrier_of(report.quirks)
    return carrier is not None and carrier.letter


def records(portal: SamplePortal, browser: Browser, start: int, end: int) -> str:
    url = f"http://{portal.host}/module/web/jpage/dataproxy.jsp?startrecord={start}&endrecord={end}&perpage=8"
    form = {"col": "1", "appid": "1", "webid": "39", "path": "/", "columnid": "61490", "unitid": "247686"}
    return browser.get(url, form=form).body.decode("utf-8")


@pytest.mark.parametrize("day", [1, 30])
def test_lists_page_to_the_end_and_hold_each_report_once(world: World, browser: Browser, day: int) -> None:
    browser.clock.day = day
    gone: set[str] = {"soft_404", "challenge"} if day == 30 else set()
    for portal in world.portals:
        found = [
            (column, *link)
            for column in portal.columns
            for page in pages_of(portal, column, browser)
            for link in LINK.findall(html.unescape(page))
        ]
        urls = [
            f"http://{portal.host}{column.path}{href[2:]}" if href.startswith("./") else f"http://{portal.host}{href}"
            for column, href, _, _ in found
        ]
        listed = {report.url for report in portal.reports_at(world.stage(day))}
        listed |= {report.url for report in portal.reports if gone & set(report.changes)}
        listed -= {report.url for report in portal.reports if is_attached(report)}
        assert len(urls) == len(set(urls))
        assert set(urls) == listed | {other.url for other in portal.others}
        titles = {title for _, _, title, _ in found}
        there = portal.reports_at(world.stage(day))
        assert {report.title_printed for report in there if not is_attached(report)} <= titles
        assert {f"关于报送《{report.title_printed}》的函" for report in there if is_attached(report)} <= titles


def test_lists_are_newest_first_and_have_more_than_one_page(world: World, browser: Browser) -> None:
    for portal in world.portals:
        for column in portal.columns:
            pages = pages_of(portal, column, browser)
            dates = [date for page in pages for _, _, date in LINK.findall(page)]
            assert len(pages) > 1
            assert dates == sorted(dates, reverse=True)


def test_past_the_end_trs_answers_a_stub_jcms_54_bytes_and_ucap_404(world: World, browser: Browser) -> None:
    trs, jcms, ucap = world.portals
    stub = browser.get(f"http://{trs.host}/zwgk/zfxxgknb/index_9.html")
    assert (stub.status, 250 < len(stub.body) < 400) == (200, True)
    assert records(jcms, browser, 801, 808) == PAST_THE_END
    assert len(PAST_THE_END) == 54
    assert browser.get(f"http://{ucap.host}/site/gknb/list_9.shtml").status == 404


def test_the_rows_of_the_jcms_list_are_invisible_to_a_selector(world: World, browser: Browser) -> None:
    portal = world.portals[1]
    page = browser.get(f"http://{portal.host}{portal.columns[0].path}").body.decode()
    assert "<datastore>" in page
    assert not lxml.html.fromstring(page).xpath("//li/span")


def test_each_family_sends_its_own_validators_and_answers_304(world: World, browser: Browser) -> None:
    sent = {}
    for portal in world.portals:
        url = portal.reports_at(0)[0].url
        headers = browser.get(url).headers
        sent[portal.family] = {name for name in ("ETag", "Last-Modified") if name in headers}
        known = {}
        if "Last-Modified" in headers:
            known["If-Modified-Since"] = headers["Last-Modified"]
        if "ETag" in headers:
            known["If-None-Match"] = headers["ETag"]
        again = browser.get(url, headers=known)
        assert (again.status, again.body == b"") == ((304, True) if known else (200, False))
    assert sent == {"trs": {"ETag", "Last-Modified"}, "jcms": set(), "ucap": {"Last-Modified"}}


def test_an_etag_that_does_not_match_goes_before_a_date_that_does(world: World, browser: Browser) -> None:
    url = world.portals[0].reports_at(0)[0].url
    date = browser.get(url).headers["Last-Modified"]
    assert browser.get(url, headers={"If-None-Match": '"other"', "If-Modified-Since": date}).status == 200
    assert browser.get(url, headers={"If-Modified-Since": "no date at all"}).status == 200


def test_robots_and_home_pages_are_there_and_favicons_are_not(world: World, browser: Browser) -> None:
    robots = [browser.get(f"http://{portal.host}/robots.txt").body.decode() for portal in world.portals]
    assert sum("Disallow: /nbsj/" in text and "Crawl-delay" in text for text in robots) == 1
    for portal in world.portals:
        home = browser.get(f"http://{portal.host}/").body.decode(portal.site.encoding)
        assert all(f'href="{column.path}"' in home for column in portal.columns)
        assert browser.get(f"http://{portal.host}/favicon.ico").status == 404


def attached(browser: Browser, url: str, encoding: str) -> list[str]:
    """Return the addresses of the files that a page attaches."""
    tree = lxml.html.fromstring(browser.get(url).body.decode(encoding, "ignore"))
    tree.make_links_absolute(url)
    return [link for link in tree.xpath("//a/@href") if link.endswith((".docx", ".ofd", ".zip"))]


def test_the_notices_that_reports_attach_are_served_and_are_no_reports(world: World, browser: Browser) -> None:
    for portal in world.portals:
        pages = [report for report in portal.reports_at(0) if carrier_of(report.quirks) is None]
        linked = [link for report in pages for link in attached(browser, report.url, portal.site.encoding)]
        assert linked
        for url in linked:
            answer = browser.get(url)
            assert (answer.status, answer.headers["Content-Type"]) == (200, FORMATS["docx"].content_type)
            assert not {report.url for report in portal.reports} & {url}
            assert len(answer.body) < 3000


def test_a_cover_letter_attaches_its_report_and_the_report_is_at_the_file(world: World, browser: Browser) -> None:
    for portal in world.portals:
        by_title = {f"关于报送《{report.title_printed}》的函": report for report in portal.reports}
        letters = [other for other in portal.others if other.quirk in CARRIERS]
        assert letters
        for letter in letters:
            report = by_title[letter.title]
            assert attached(browser, letter.url, portal.site.encoding) == [report.url]


def test_a_report_in_a_file_is_served_as_its_format_writes_it(world: World, browser: Browser) -> None:
    carried = [(carrier_of(report.quirks), report) for report in world.reports_on(1)]
    assert sum(carrier is not None for carrier, _ in carried) == len(CARRIERS)
    for carrier, report in carried:
        if carrier is not None:
            answer = browser.get(report.url)
            file = FORMATS[carrier.format]
            assert report.url.endswith(file.suffix)
            assert (answer.status, answer.headers["Content-Type"]) == (200, file.content_type)
            assert answer.body == file.write(compose(report.plan))


def test_requests_are_logged_as_they_were_answered(world: World, browser: Browser) -> None:
    browser.get("http://www.haitan.test/nothing?x=1")
    (entry,) = browser.server.log
    assert (entry.host, entry.method, entry.path, entry.status) == ("www.haitan.test", "GET", "/nothing?x=1", 404)
    assert entry.at <= time.monotonic()


def test_a_host_that_no_portal_has_is_refused(world: World, browser: Browser) -> None:
    address = browser.server.authorities["www.qinghe.test:80"]
    assert address[0] == "127.0.0.1"
    assert browser.get("http://www.qinghe.test/", headers={"Host": "www.elsewhere.test"}).status == 421


def test_a_delay_is_waited_out_and_a_closed_server_has_no_authorities(world: World) -> None:
    with SampleServer(world, Clock(world), delay=0.2) as server:
        before = time.monotonic()
        Browser(server, Clock(world)).get("http://www.qinghe.test/")
        assert time.monotonic() - before >= 0.2
    assert dict(server.authorities) == {}


def test_the_same_seed_sends_the_same_bytes(world: World) -> None:
    again = World()
    for portal, twin in zip(world.portals, again.portals, strict=True):
        for report in portal.reports_at(1):
            path = report.url.removeprefix(f"http://{portal.host}")
            assert portal.answer("GET", path, {}, 1) == twin.answer("GET", path, {}, 1)
