"""Every family's sample portals are found from their home pages and fit their declarations.

The pages come from the real sample server; only the crawl's process is left out, which tests/crawler/test_registry.py has.
"""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from datetime import UTC, date, datetime
from urllib.parse import urlencode, urlsplit

import pytest

from archive.captures import Capture
from archive.crawls.runs import FrontierItem
from crawler.declarations import Portal, load_portal
from crawler.detective import Detective, NothingFoundError, Trail, declare
from crawler.families import FAMILIES, Page
from crawler.frontier import page_of
from crawler.inspection import Inspector
from crawler.probe import Probe
from crawler.samples import SampleServer, World

NOW = datetime(2025, 4, 10, 4, tzinfo=UTC)
TODAY = date(2025, 4, 10)


@pytest.fixture(scope="module")
def world() -> World:
    return World.of_families(units=2, years=(2022, 2023))


@pytest.fixture(scope="module")
def server(world: World) -> Iterator[SampleServer]:
    with SampleServer(world, lambda: NOW) as server:
        yield server


def lead(probe: Probe, server: SampleServer) -> object:
    """Ask the server for what the probe wants until it wants nothing more."""
    item: FrontierItem | None = probe.first()
    while item is not None:
        status, content_type, body = ask(server, item)
        capture = Capture(item.url, NOW, item.kind, "ok" if status == 200 else "not_found", status, body=body)
        if status != 200:
            page = None
        elif item.kind == "list":
            page = page_of(item, item.url, body, content_type)
        else:
            page = Page(item.url, body, item.context["column"], content_type=content_type)
        item = probe.came(item, capture, page)
    return probe.result()


def ask(server: SampleServer, item: FrontierItem) -> tuple[int, str, bytes]:
    """Send one request as the spider would; return status, content type and body."""
    parts = urlsplit(item.url)
    headers = {"Host": parts.netloc, "Referer": item.context["column"], **dict(item.context.get("headers", []))}
    body = item.context.get("json", "").encode()
    if body:
        headers["Content-Type"] = "application/json"
    elif item.context.get("form"):
        body = urlencode([tuple(pair) for pair in item.context["form"]]).encode()
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    connection = http.client.HTTPConnection(*server.authorities[f"{parts.hostname}:80"], timeout=60)
    try:
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request("POST" if body else "GET", path, body or None, headers)
        answer = connection.getresponse()
        return answer.status, answer.headers.get("Content-Type", ""), answer.read()
    finally:
        connection.close()


def is_page_of_links(portal: Portal) -> bool:
    """Tell whether the portal has a column page that is one as it comes: single documents, sitemaps and lists that a
    script fills are for a person to declare.
    """
    return FAMILIES[portal.family].listed and not portal.columns[0].url.endswith("robots.txt") and not portal.rendered


def test_the_columns_of_every_family_are_found_from_the_home_page(world: World, server: SampleServer) -> None:
    portals = [load_portal(text) for text in world.declarations().values()]
    assert {portal.family for portal in portals} >= {"trs", "trs_fujian", "nfcms", "gkmlpt", "jcms", "jpaas", "ucap"}
    for portal in portals:
        home = f"http://{portal.hosts[0]}/"
        asked = Portal("detect", home, "", "000000", portal.hosts, (), sample=True, home=home)
        trail = lead(Detective(asked, 8, TODAY), server)
        assert isinstance(trail, Trail)
        if not is_page_of_links(portal):
            with pytest.raises(NothingFoundError):
                declare(trail, asked, TODAY)
            continue
        found = declare(trail, asked, TODAY).portal
        assert [(c.url, c.unit) for c in found.columns] == [(c.url, c.unit) for c in portal.columns], portal.slug
        assert (found.family, found.family_by, found.place) == (portal.family, "page", portal.place)


def test_every_family_s_declaration_is_held_against_one_list_and_one_report(world: World, server: SampleServer) -> None:
    reports = {report.url for report in world.reports}
    for text in world.declarations().values():
        portal = load_portal(text)
        if portal.rendered:
            continue  # a look asks no browser
        before = len(server.log)
        seen = lead(Inspector(portal, portal.columns[0]), server)
        assert (seen.wrong, seen.unreached) == ((), ()), portal.slug
        assert seen.report is not None
        assert seen.report.url in reports
        assert seen.reports == seen.rows or not FAMILIES[portal.family].listed
        assert len(server.log) - before <= 4
