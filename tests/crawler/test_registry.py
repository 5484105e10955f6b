"""The registry holds real portals with their evidence; a portal's columns are found, and held against it, by asking it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from archive.captures import Capture
from archive.clock import SimulatedClock
from archive.crawls.runs import FrontierItem
from archive.store import Archive
from crawler.declarations import Column, Evidence, Portal, load_portal
from crawler.detective import Detective, NothingFoundError, Trail, declare, detect_portal
from crawler.frontier import page_of
from crawler.home_pages import REASONS, import_home_pages
from crawler.inspection import Inspector, inspect
from crawler.probe import Source
from crawler.registry import CheckRecord, Registry, declaration
from crawler.registry_check import check_registry
from crawler.run import crawl
from crawler.samples import SampleServer, World
from parsers.errors import UsageError

HOST = "www.a.test"
TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, tzinfo=UTC)
PORTAL = Portal(
    slug="henan-qinghe",
    name="清河市人民政府",
    family="trs",
    place="410400",
    hosts=("www.qinghe.gov.cn",),
    columns=(Column("http://www.qinghe.gov.cn/nb/", "", TODAY),),
    family_by="page",
    evidence=(Evidence("the page", "the portal", TODAY),),
)


@pytest.fixture(scope="module")
def world() -> World:
    return World(units=6, years=(2022, 2023, 2024))


@pytest.fixture(scope="module")
def server(world: World) -> Iterator[SampleServer]:
    with SampleServer(world, lambda: world.date_of(1)) as server:
        yield server


@pytest.fixture
def source(world: World, server: SampleServer, tmp_path: Path) -> Source:
    clock = SimulatedClock(world.date_of(1))
    return Source(tmp_path / "archive", clock, authorities=server.authorities, delay=0, sample=True)


def declared(world: World, slug: str) -> Portal:
    return load_portal(world.declarations()[slug])


# -- detect ------------------------------------------------------------------------------------------------


def test_the_columns_of_a_portal_and_of_its_bodies_are_found_from_its_home_page(
    world: World, server: SampleServer, source: Source
) -> None:
    known = declared(world, "sample-qinghe")
    server.log.clear()
    found = detect_portal(source, "http://www.qinghe.test/")
    assert [(c.url, c.unit) for c in found.portal.columns] == [(c.url, c.unit) for c in known.columns]
    assert [c.unit for c in known.columns] == ["", "平顶山市卫东区教育局"]
    assert (found.portal.family, found.portal.family_by, found.portal.place) == ("trs", "page", "410400")
    assert found.portal.slug == "henan-qinghe"
    assert found.portal.checked == date(2025, 4, 10)
    assert load_portal(declaration(found.portal)) == found.portal
    assert [request.path for request in server.log] == ["/robots.txt", "/", "/zwgk/zfxxgknb/", "/bmxxgk/nb/"]
    with Archive.open(source.archive, source.clock) as archive:
        kinds = archive.db.execute("SELECT kind, outcome FROM capture ORDER BY rowid").fetchall()
    assert [tuple(row) for row in kinds] == [("robots", "ok"), ("list", "ok"), ("list", "ok"), ("list", "ok")]


# -- live checks -------------------------------------------------------------------------------------------


def test_a_declaration_that_fits_is_said_to_fit_after_one_list_page_and_one_report(
    world: World, server: SampleServer, source: Source
) -> None:
    server.log.clear()
    seen = inspect(source, declared(world, "sample-qinghe"))
    assert (seen.outcome, seen.verdict, seen.notes) == ("fits", "report", ())
    assert seen.reports > 0
    assert len(server.log) == 3
    assert seen.report_url is not None
    assert server.log[2].path == seen.report_url.removeprefix("http://www.qinghe.test")


def test_a_declaration_that_fits_no_more_says_why(world: World, source: Source) -> None:
    seen = inspect(source, replace(declared(world, "sample-qinghe"), family="ucap"))
    assert seen.outcome == "differs"
    assert seen.notes[0].en == "the page shows family trs, declared is ucap"


@pytest.mark.parametrize(
    ("outcome", "verdict", "wrong"),
    [("not_found", None, True), ("ok", "challenge", False), ("timeout", None, False), ("robots", None, False)],
)
def test_gone_is_a_difference_and_everything_else_that_was_not_had_is_none(
    outcome: Any, verdict: Any, wrong: bool
) -> None:
    inspector = Inspector(PORTAL, PORTAL.columns[0])
    capture = Capture(PORTAL.columns[0].url, NOW, "list", outcome, verdict=verdict)
    assert inspector.came(inspector.first(), capture, None) is None
    seen = inspector.result()
    assert (bool(seen.wrong), bool(seen.unreached)) == (wrong, not wrong)


# -- pages of every kind -----------------------------------------------------------------------------------


def page(*links: tuple[str, str], name: str = "平顶山市人民政府门户网站", rows: str = "") -> str:
    anchors = "".join(f'<a href="{href}">{text}</a>' for href, text in links)
    return f'<html><meta charset=utf-8><meta name="SiteName" content="{name}">{anchors}{rows}</html>'


def list_of(column: str, number: int) -> str:
    rows = "".join(
        f'<li><a href="{column}202503/t20250312_{n}.html">某局202{n}年政府信息公开工作年度报告</a>2025-03-12</li>'
        for n in range(number)
    )
    return f"<ul>{rows}</ul><script>createPageHTML(1, 0, 'index', 'html');</script>"


@pytest.fixture
def small(site: Any, clock: SimulatedClock, tmp_path: Path) -> Source:
    return Source(tmp_path / "archive", clock, authorities=site.authorities, delay=0, sample=True)


def test_bodies_whose_columns_a_column_page_links_are_found_and_each_is_looked_at(site: Any, small: Source) -> None:
    site.page("/", page(("/xxgk/", "政府信息公开"), ("http://www.other.gov.cn/nb/", "政府信息公开年报")))
    site.page("/xxgk/", page(("/nb/", "信息公开年报")))
    bodies = [("/czj/nb/", "平顶山市财政局"), ("/mzj/", "民政局"), ("/user/", "个人中心"), ("/jyj/nb/", "教育局")]
    site.column(3)
    served = site.pages["/nb/"]
    site.page("/nb/", page(*bodies, name="", rows=list_of("/nb/", 3)))
    assert site.pages["/nb/"] is not served
    site.column(1, "/czj/nb/")
    site.page("/mzj/", page(("/", "首页")))
    site.column(2, "/jyj/nb/")
    found = detect_portal(small, f"http://{HOST}/")
    assert [(c.url.removeprefix(f"http://{HOST}"), c.unit) for c in found.portal.columns] == [
        ("/nb/", ""),
        ("/czj/nb/", "平顶山市财政局"),
        ("/jyj/nb/", "教育局"),
    ]
    assert [entry.seen for entry in found.portal.evidence] == [
        f"{n} of {n} rows name an annual report" for n in (3, 1, 2)
    ]
    assert site.asked() == ["/robots.txt", "/", "/xxgk/", "/nb/", "/czj/nb/", "/mzj/", "/jyj/nb/"]


def test_where_robots_txt_forbids_it_nothing_is_asked_and_nothing_declared(site: Any, small: Source) -> None:
    site.page("/robots.txt", "User-agent: *\nDisallow: /\n")
    with pytest.raises(NothingFoundError, match=r"no report column was found\n.*robots\.txt forbids it"):
        detect_portal(small, f"http://{HOST}/")
    assert site.asked() == ["/robots.txt"]


ASKED = Portal("detect", HOST, "", "000000", (HOST,), (), sample=True, home=f"http://{HOST}/")


def walk(pages: dict[str, str], follow: int = 8) -> Trail:
    """Lead a detective through pages by path, the first of them being "/"."""
    detective = Detective(ASKED, follow, TODAY)
    item: FrontierItem | None = detective.first()
    while item is not None:
        body = pages.get(item.url.removeprefix(f"http://{HOST}"))
        capture = Capture(item.url, NOW, "list", "not_found" if body is None else "ok", 404 if body is None else 200)
        item = detective.came(item, capture, None if body is None else page_of(item, item.url, body.encode(), ""))
    return detective.result()


@pytest.mark.parametrize(
    ("pages", "said"),
    [
        ({"/": page(("/nb/", "信息公开年报")), "/nb/": page()}, "is called 信息公开年报, but shows no annual reports"),
        ({"/": page(("/nb/", "信息公开年报"))}, "/nb/: could not be read: not there (status 404)"),
        ({"/": page(("/a", "新闻"))}, "no report column was found"),
        ({"/": page(name="", rows=list_of("/", 2))}, "name it with --place"),
        ({"/": page(name="新华区人民政府", rows=list_of("/", 2))}, "130105 河北省石家庄市新华区"),
    ],
)
def test_where_nothing_is_found_it_is_said_why_and_nothing_is_declared(pages: dict[str, str], said: str) -> None:
    with pytest.raises(NothingFoundError) as error:
        declare(walk(pages), ASKED, TODAY)
    assert said in error.value.en
    assert error.value.exit_status == 5
    assert error.value.zh != error.value.en


def test_a_named_place_goes_before_the_site_s_name() -> None:
    trail = walk({"/": page(name="", rows=list_of("/", 2))})
    found = declare(trail, ASKED, TODAY, place="140200", slug="datong")
    assert (found.portal.place, found.portal.slug) == ("140200", "datong")


def test_the_registration_code_chooses_among_places_of_one_name_and_names_none_itself() -> None:
    rows = list_of("/", 2)
    code = '<meta name="SiteIDCode" content="4104020012">'
    named = declare(walk({"/": page(name="新华区人民政府", rows=code + rows)}), ASKED, TODAY)
    assert named.portal.place == "410402"
    other = declare(walk({"/": page(name="平潭县人民政府", rows=code + rows)}), ASKED, TODAY)
    assert other.portal.place == "350128"


def test_columns_by_the_same_name_are_tried_until_one_lists_reports() -> None:
    home = page(("/old/", "信息公开年报"), ("/nb/", "政府信息公开年报"), ("/xx/", "年报"))
    trail = walk({"/": home, "/nb/": page(), "/old/": page(rows=list_of("/old/", 1)), "/xx/": page()})
    assert [column.url for column in trail.columns] == [f"http://{HOST}/old/"]
    assert "called 政府信息公开年报, but shows no annual reports" in trail.notes[0].en


def test_what_was_not_followed_is_said() -> None:
    home = page(("/nb/", "政府信息公开年报"), ("/a/", "财政局信息公开年报"), ("/b/", "教育局信息公开年报"))
    trail = walk({"/": home, "/nb/": page(rows=list_of("/nb/", 2)), "/a/": page(rows=list_of("/a/", 1))}, follow=2)
    assert [column.unit for column in trail.columns] == ["", "财政局"]
    assert trail.notes[0].en.startswith("1 links were not followed (教育局信息公开年报)")


@pytest.mark.parametrize("url", ["ftp://www.a.gov.cn/", "www.a.gov.cn", "http://127.0.0.1/", "http://[::1"])
def test_what_is_no_web_address_is_not_asked(small: Source, url: str) -> None:
    with pytest.raises(UsageError):
        detect_portal(small, url)


def test_without_a_contact_no_real_portal_is_asked(small: Source) -> None:
    bare = replace(small, authorities={}, sample=False)
    with pytest.raises(UsageError, match="must say who asks"):
        detect_portal(bare, "http://www.qinghe.gov.cn/")
    with pytest.raises(UsageError, match="must say who asks"):
        inspect(bare, PORTAL)


def test_a_page_that_is_no_report_differs_though_the_list_names_it_as_one(
    site: Any, small: Source, portal: Portal
) -> None:
    site.column(2)
    seen = inspect(small, portal)
    assert (seen.outcome, seen.rows, seen.reports) == ("differs", 2, 2)
    assert "was read as" in seen.notes[0].en
    assert site.asked()[:2] == ["/robots.txt", "/nb/"]
    assert len(site.asked()) == 3


# -- folders -----------------------------------------------------------------------------------------------


def test_a_declaration_of_one_s_own_goes_before_the_packaged_one_and_is_not_overwritten_unasked(tmp_path: Path) -> None:
    registry = Registry(tmp_path / "own", tmp_path / "packaged")
    Registry(tmp_path / "packaged").add(PORTAL)
    assert registry.find("henan-qinghe") == PORTAL
    mine = replace(PORTAL, name="我的")
    file = registry.add(mine)
    assert file == tmp_path / "own" / "henan" / "henan-qinghe.toml"
    assert registry.find("henan-qinghe") == mine
    assert len(registry.files()) == 1
    with pytest.raises(UsageError, match="is there already"):
        registry.add(PORTAL)
    registry.add(PORTAL, replace=True)
    assert registry.find("henan-qinghe") == PORTAL
    with pytest.raises(UsageError, match="lies in no province"):
        registry.add(replace(PORTAL, slug="x", place="990000"))
    with pytest.raises(UsageError, match="not in the registry"):
        registry.find("no-such-portal")


@pytest.mark.parametrize(
    ("portal", "file", "said"),
    [
        (PORTAL, "hebei/henan-qinghe.toml", "belongs in the folder henan"),
        (PORTAL, "henan/qinghe.toml", "the file of henan-qinghe is henan-qinghe.toml"),
        (replace(PORTAL, place="419999"), "henan/henan-qinghe.toml", "is no known place"),
        (replace(PORTAL, evidence=()), "henan/henan-qinghe.toml", "say in [[evidence]]"),
        (replace(PORTAL, family_by=""), "henan/henan-qinghe.toml", "say how the family is known"),
        (replace(PORTAL, slug="b"), "henan/b.toml", "stands in"),
        (
            replace(PORTAL, slug="b", columns=(Column("https://www.qinghe.gov.cn/nb/index.html", "", TODAY),)),
            "henan/b.toml",
            "column: www.qinghe.gov.cn/nb/ stands in",
        ),
    ],
)
def test_each_fault_that_shows_only_in_the_registry_is_found(
    tmp_path: Path, portal: Portal, file: str, said: str
) -> None:
    registry = Registry(tmp_path / "own", tmp_path / "packaged")
    if portal.slug == "b":
        registry.add(PORTAL)
    path = tmp_path / "own" / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(declaration(portal), encoding="utf-8")
    (fault,) = check_registry(registry)
    assert said in fault.en
    assert str(path) in fault.en


def test_live_checks_are_kept_beside_one_s_own_declarations(tmp_path: Path) -> None:
    registry = Registry(tmp_path / "own")
    assert registry.last_checks() == {}
    first = CheckRecord("a", datetime(2026, 1, 1, tzinfo=UTC), "unreached")
    last = CheckRecord("a", datetime(2026, 2, 1, tzinfo=UTC), "fits")
    registry.record_check(first)
    registry.record_check(last)
    assert registry.last_checks() == {"a": last}
    with (tmp_path / "own" / "checks.jsonl").open("a", encoding="utf-8") as file:
        file.write("{")
    with pytest.raises(UsageError, match="line 3 is damaged"):
        registry.last_checks()


def test_a_crawl_leaves_out_what_has_no_known_column_and_says_so_where_it_is_named(tmp_path: Path) -> None:
    registry = Registry(tmp_path / "own", tmp_path / "packaged")
    registry.add(PORTAL)
    bare = replace(PORTAL, slug="bare", columns=(), home="http://www.bare.gov.cn/")
    registry.add(bare)
    assert registry.to_crawl() == ([PORTAL], [bare])
    named, left_out = registry.to_crawl(["bare"])
    assert (named, left_out) == ([bare], [])
    with pytest.raises(UsageError, match=r"gongkai portal detect http://www\.bare\.gov\.cn/"):
        crawl(
            tmp_path / "archive", named, SimulatedClock(datetime(2026, 1, 1, tzinfo=UTC)), user_agent_contact="me@b.cn"
        )


# -- lists of home pages -----------------------------------------------------------------------------------

CSV = """网址,名称,行政区划代码,年报栏目
https://www.pds.gov.cn/,河南省/平顶山市,410400,
http://www.ykt.gov.cn/,"引号,某县",410423,http://www.ykt.gov.cn/col/col12/index.html
http://www.hq.gov.cn/,某市,410402,http://www.hq.gov.cn/somewhere
http://www.zwinkt.com/,镜像,410403,
http://www.x.gov.cn/,无代码,,
http://www.y.gov.cn/,未知,419999,
,无网址,410404,
http://www.z.gov.cn:8080/,端口,410411,
http://www.pds.gov.cn/again,重复,410400,
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_list_of_home_pages_is_declared_and_what_was_not_taken_is_said(tmp_path: Path, encoding: str) -> None:
    registry = Registry(tmp_path / "own")
    file = tmp_path / "list.csv"
    file.write_text(CSV, encoding=encoding)
    result = import_home_pages(file, registry, TODAY)
    assert [path.stem for path in result.written] == ["henan-pds", "henan-ykt", "henan-hq"]
    assert {reason: [row[0] for row in rows] for reason, rows in result.left.items()} == {
        "column_of_no_family": [3],
        "not_gov_cn": [4],
        "no_code": [5],
        "unknown_place": [6],
        "no_address": [7],
        "faulty": [8],
        "there_already": [9],
    }
    assert set(result.left) <= set(REASONS)
    with_column = registry.find("henan-ykt")
    assert (with_column.family, with_column.family_by, len(with_column.columns)) == ("jcms", "url shape", 1)
    assert result.guessed == 1
    without = registry.find("henan-pds")
    assert (without.family, without.columns, without.home) == ("", (), "https://www.pds.gov.cn/")
    assert without.evidence[0].where == "list.csv, row 1"
    assert check_registry(registry) == []
    again = import_home_pages(file, registry, TODAY)
    assert again.written == []
    assert len(again.left["there_already"]) == 4


def test_a_list_without_a_needed_column_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("name,url\na,http://www.a.gov.cn/\n", encoding="utf-8")
    with pytest.raises(UsageError, match="has no column code"):
        import_home_pages(file, Registry(tmp_path / "own"), TODAY)
