"""Portals that only a browser shows: all reports with it, an honest verdict without, and no connection but the crawl's own."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from archive.captures import Capture
from archive.clock import SimulatedClock
from archive.crawls import ledger
from archive.crawls.reasons import reason_of_capture
from archive.selection import Selection
from archive.store import Archive
from archive.warc.writing import write_warc
from crawler import browser
from crawler.declarations import Portal, load_portal
from crawler.frontier import column_item, told_of
from crawler.outcomes import NotRendered, outcome_of_error
from crawler.run import Job, crawl, run_job
from crawler.samples import SampleServer, World
from parsers.errors import UsageError

HOST = "www.a.test"
LIST = f"http://{HOST}/nb/"
ROW = '<li><a href="/nb/{0}.html">某某局{0}年政府信息公开工作年度报告</a><span>2025-03-12</span></li>'
FILL = """<ul id=x></ul><script>
fetch('/nb/rows.txt').then(r => r.text()).then(t => { document.getElementById('x').innerHTML = t; });
</script>"""
ROWS = ROW.format(2023) + ROW.format(2024) + "共2条"


@pytest.fixture(scope="module")
def world() -> World:
    return World.of_families("scripted", years=(2022, 2023, 2024))


@pytest.fixture
def rendered(job: Job, portal: Portal) -> Job:
    """The job of a portal whose lists need a browser."""
    return replace(job, portals=(replace(portal, family="generic", rendered=("list",)),))


def reports(path: Path, clock: SimulatedClock) -> set[str]:
    with Archive.open(path, clock) as archive:
        return {
            row[0] for row in archive.db.execute("SELECT url FROM capture WHERE kind = 'report' AND outcome = 'ok'")
        }


@pytest.mark.browser
def test_a_list_that_a_script_fills_is_read_whole_in_a_browser(world: World, tmp_path: Path) -> None:
    clock = SimulatedClock(world.date_of(1))
    portals = [load_portal(text) for text in world.declarations().values()]
    assert [portal.rendered for portal in portals] == [("list",)]
    with SampleServer(world, clock.now) as server:
        summary = crawl(tmp_path, portals, clock, authorities=server.authorities, delay=0, sample=True)
        asked = [request.path for request in server.log]
    assert summary.findings == ()
    assert summary.complete
    there = {report.url for portal in world.portals for report in portal.reports_at(0)}
    assert len(there) > 4
    assert there <= reports(tmp_path, clock)
    assert "/static/banner.png" not in asked
    assert sum(summary.captures.values()) == len(asked)
    with Archive.open(tmp_path, clock) as archive:
        rows = archive.db.execute("SELECT url, context, body_sha256 FROM capture WHERE kind != 'robots'").fetchall()
        shown = {row["url"]: archive.get_body(row["body_sha256"]) for row in rows if "rendered" in row["context"]}
        assert {url.partition("?")[0] for url in shown} == {portals[0].columns[0].url}
        assert all("政府信息公开" in body.decode("utf-8-sig") and b"<li><a href=" in body for body in shown.values())
        assert [json.loads(row["context"])["rendered"] for row in rows if "rendered" in row["context"]] == [True] * len(
            shown
        )


def test_without_a_browser_the_same_list_is_unknown_and_has_no_report(world: World, tmp_path: Path) -> None:
    clock = SimulatedClock(world.date_of(1))
    portals = [replace(load_portal(text), rendered=()) for text in world.declarations().values()]
    with SampleServer(world, clock.now) as server:
        summary = crawl(tmp_path, portals, clock, authorities=server.authorities, delay=0, sample=True)
    assert reports(tmp_path, clock) == set()
    assert not summary.complete
    assert summary.listings == {portals[0].columns[0].url: "unknown"}
    assert "no rows were recognised" in " ".join(finding.message for finding in summary.findings)


@pytest.fixture
def traps() -> Iterator[tuple[int, int]]:
    """A TCP and a UDP port of loopback where nobody may come."""
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", 0))
        for one in (tcp, udp):
            one.settimeout(0)
        yield tcp.getsockname()[1], udp.getsockname()[1]
        with pytest.raises(BlockingIOError):
            tcp.accept()
        with pytest.raises(BlockingIOError):
            udp.recv(1)


HOSTILE = """<html><head><link rel=preconnect href="http://127.0.0.1:{tcp}/"><link rel=prefetch href="http://127.0.0.1:{tcp}/">
<link rel=preconnect href="http://{host}:{tcp}/"><link rel=stylesheet href="http://127.0.0.1:{tcp}/"></head><body>
<iframe src="http://127.0.0.1:{tcp}/frame"></iframe><iframe src="http://www.b.test/frame"></iframe><img src="http://127.0.0.1:{tcp}/">
{fill}<script>
var there = ["http://127.0.0.1:{tcp}/f", "http://localhost:{tcp}/f", "http://[::1]:{tcp}/f", "http://2130706433:{tcp}/f",
  "http://10.0.0.1/f", "http://169.254.169.254/latest/", "http://{host}:{tcp}/f", "http://www.b.test/f", "https://{host}/f"];
there.forEach(function (url) {{
  fetch(url).catch(String); navigator.sendBeacon(url, "x");
  var script = document.createElement("script"); script.src = url; document.body.appendChild(script);
  try {{ new WebSocket(url.replace("http", "ws")); }} catch (error) {{ String(error); }}
}});
try {{ window.open(there[0]); }} catch (error) {{ String(error); }}
try {{ window.open("http://{host}/popup"); }} catch (error) {{ String(error); }}
var code = "fetch('" + there[0] + "').catch(String); new WebSocket('ws://127.0.0.1:{tcp}/');";
try {{ new Worker(URL.createObjectURL(new Blob([code]))); }} catch (error) {{ String(error); }}
try {{ new WebTransport("https://127.0.0.1:{udp}/"); }} catch (error) {{ String(error); }}
try {{
  var peer = new RTCPeerConnection({{iceServers: [{{urls: "stun:127.0.0.1:{udp}"}},
    {{urls: "turn:127.0.0.1:{tcp}?transport=tcp", username: "a", credential: "b"}}]}});
  peer.createDataChannel("x"); peer.createOffer().then(function (offer) {{ peer.setLocalDescription(offer); }});
}} catch (error) {{ String(error); }}
setInterval(function () {{ fetch("http://127.0.0.1:{tcp}/again").catch(String); }}, 50);
setTimeout(function () {{ location.href = "http://{host}/away"; }}, 300);
</script></body></html>"""


@pytest.mark.browser
def test_a_hostile_page_opens_no_connection_and_its_rows_are_read_all_the_same(
    site: Any, rendered: Job, traps: tuple[int, int]
) -> None:
    tcp, udp = traps
    site.page("/nb/", HOSTILE.format(tcp=tcp, udp=udp, host=HOST, fill=FILL))
    site.page("/nb/rows.txt", ROWS)
    with ExitStack() as stack:
        for port in (80, 443):
            stack.enter_context(unvisited(port))
        summary = run_job(rendered)
    assert set(site.asked()) == {"/robots.txt", "/nb/", "/nb/rows.txt", "/nb/2023.html", "/nb/2024.html"}
    assert summary.listings == {LIST: "complete"}
    said = " ".join(finding.message for finding in summary.findings)
    for place in (f"http://127.0.0.1:{tcp}:", "http://10.0.0.1:", "http://www.b.test:", f"http://{HOST}:{tcp}:"):
        assert place in said


def unvisited(port: int) -> ExitStack:
    """Where we may listen on a low port of loopback, see that nobody comes there."""
    stack = ExitStack()
    try:
        listening = stack.enter_context(socket.create_server(("127.0.0.1", port)))
    except OSError:
        return stack
    listening.settimeout(0)

    def nobody() -> None:
        with pytest.raises(BlockingIOError):
            listening.accept()

    stack.callback(nobody)
    return stack


@pytest.mark.browser
def test_a_script_s_requests_keep_robots_txt_and_pace(site: Any, rendered: Job, captured: Any) -> None:
    site.page("/robots.txt", "User-agent: *\nDisallow: /nb/closed.txt\nCrawl-delay: 0.4\n")
    site.page("/nb/", FILL + "<script>for (const n of ['closed', 'a', 'b']) fetch('/nb/' + n + '.txt');</script>")
    site.page("/nb/rows.txt", ROWS)
    site.page("/nb/a.txt", "17")  # what a counter says is no challenge
    summary = run_job(rendered)
    assert summary.listings == {LIST: "complete"}
    assert ("/nb/closed.txt", "robots", None, None, '{"code":"robots_forbids"}') in captured()
    assert {"/nb/rows.txt", "/nb/a.txt", "/nb/b.txt", "/nb/2023.html"} <= set(site.asked())
    assert "/nb/closed.txt" not in site.asked()
    assert all(later - sooner >= 0.35 for sooner, later in pairwise(site.times))
    assert not summary.complete


@pytest.mark.browser
def test_a_challenge_is_never_given_to_the_browser_and_one_to_a_script_leaves_the_list_open(
    site: Any, rendered: Job, captured: Any
) -> None:
    challenge = "<html><script>$_ts=window['$_ts'];fetch('/passed');</script></html>"
    site.page("/nb/", challenge)
    run_job(rendered)
    assert set(site.asked()) == {"/robots.txt", "/nb/"}
    site.page("/nb/", FILL)
    site.page("/nb/rows.txt", challenge)
    summary = run_job(replace(rendered, archive=rendered.archive.with_name("second")))
    assert set(site.asked()) == {"/robots.txt", "/nb/", "/nb/rows.txt"}
    assert summary.listings == {LIST: "partial"}
    assert not summary.complete
    assert "bot challenge (ruishu)" in " ".join(finding.message for finding in summary.findings)


def test_without_the_extra_or_chromium_a_crawl_says_how_to_install_them_and_does_nothing(
    rendered: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as without:
        without.setattr(browser, "find_spec", lambda name: None)
        with pytest.raises(UsageError, match=r"pip install 'gongkai-archive\[browser\]'"):
            run_job(rendered)
    monkeypatch.setattr(browser.shutil, "which", lambda name: None)
    with pytest.raises(UsageError, match="apt-get install chromium"):
        run_job(rendered)
    assert not rendered.archive.exists()


@pytest.mark.parametrize(("written", "kinds"), [("true", ("list",)), ('"all"', ("list", "report")), ("false", ())])
def test_a_declaration_says_what_needs_a_browser(world: World, written: str, kinds: tuple[str, ...]) -> None:
    (text,) = world.declarations().values()
    assert load_portal(text.replace("browser = true", f"browser = {written}")).rendered == kinds
    assert load_portal(text.replace("browser = true\n", "")).rendered == ()


@pytest.mark.parametrize("written", ["1", '"lists"', "[true]"])
def test_any_other_word_for_it_is_refused(world: World, written: str) -> None:
    (text,) = world.declarations().values()
    with pytest.raises(UsageError, match="browser: write true"):
        load_portal(text.replace("browser = true", f"browser = {written}"))


def test_a_rendered_page_that_a_killed_crawl_holds_is_not_asked_for_again(rendered: Job, portal: Portal) -> None:
    item = column_item(portal, portal.columns[0])
    with Archive.open(rendered.archive, rendered.clock, create=True, sample=True) as archive:
        run_id, _ = archive.runs.start("crawl")
        told = {**told_of(item), "rendered": True}
        archive.record_capture(Capture(LIST, rendered.clock.now(), "list", "ok", 200, body=b"x", context=told), run_id)
        answer = ledger.answer_of(archive, run_id, item, told_of(item))
    assert answer is not None
    assert answer.body == b"x"


def test_a_rendered_page_is_exported_as_a_conversion_and_not_as_what_was_sent(rendered: Job, tmp_path: Path) -> None:
    with Archive.open(rendered.archive, rendered.clock, create=True, sample=True) as archive:
        archive.record_capture(
            Capture(LIST, rendered.clock.now(), "list", "ok", 200, body=b"x", context={"rendered": True})
        )
        assert write_warc(archive, archive.captures_of(Selection()), tmp_path / "a.warc.gz") == {"conversion": 1}


def test_that_a_page_could_not_be_rendered_is_said_in_both_languages() -> None:
    outcome, said = outcome_of_error(NotRendered("Page crashed")) or ("", "")
    why = reason_of_capture(outcome, None, None, said)
    assert why is not None
    assert (why.hole, why.text("en")) == ("unreadable", "a browser could not render the page: Page crashed")
    assert "无法渲染" in why.text("zh")
