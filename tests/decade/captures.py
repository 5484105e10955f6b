"""What a crawler met of a world, year by year: pages, copies, editions, withdrawals and failures, at simulated times."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from archive import Archive, Capture, Listing
from tests.corpus.forms import PROACTIVE, REQUESTS
from tests.corpus.lists import STATISTICS
from tests.decade.figures import Key
from tests.decade.pages import draw_page
from tests.decade.reports import Report
from tests.decade.world import World

_BATCH = 100
_GONE: tuple[dict[str, object], ...] = (
    {"outcome": "not_found", "status": 404},
    {"outcome": "not_found", "status": 410},
    {
        "outcome": "ok",
        "status": 200,
        "verdict": "soft_404",
        "body": "<html><body>您访问的页面不存在</body></html>".encode(),
    },
)
_FAILED: tuple[dict[str, object], ...] = (
    {
        "outcome": "http_error",
        "status": 521,
        "verdict": "challenge",
        "body": b"<html><script>document.cookie='__jsl_clearance=1'</script></html>",
    },
    {"outcome": "timeout"},
    {"outcome": "http_error", "status": 502},
)


def page_of(
    report: Report,
    *,
    printed: dict[Key, str] | None = None,
    style: int | None = None,
    counter: int = 1,
    dated: str = "",
) -> bytes:
    """Return a report's page as it stands, or with other cells, in another site's frame, or with its date written as `dated`."""
    return draw_page(
        report.title,
        report.preface,
        report.sections,
        report.forms,
        report.figures,
        {**report.printed, **(printed or {})},
        dated or report.published.isoformat(),
        style=report.style if style is None else style,
        counter=counter,
    )


def keep(archive: Archive, world: World) -> int:
    """Record all that was met of a world; return how many captures."""
    batch: list[Capture] = []
    count = 0
    for report in world.reports:
        batch += _met(world, report)
        if len(batch) >= _BATCH:
            archive.record_captures(batch)
            count, batch = count + len(batch), []
    archive.record_captures(batch)
    for report in world.reports:
        if _gone_from_list(world, report):
            _list(archive, report)
    return count + len(batch)


def _event(world: World, report: Report) -> str:
    return world.plan.published.get((report.body.key, report.year), "")


def _rng(world: World, report: Report) -> random.Random:
    return random.Random(f"{world.seed}/captures/{report.body.key}/{report.year}")


def _gone_from_list(world: World, report: Report) -> bool:
    return _event(world, report) == "withdrawn" and _rng(world, report).randrange(4) == 3


def _at(report: Report, days: int) -> datetime:
    """Return noon in China some days after the stated date of publication."""
    return datetime.combine(report.published + timedelta(days=days), time(4), UTC)


def _declared(report: Report) -> dict[str, str]:
    """Return what the portal's declaration says of a page: the place whose site it is today."""
    return {"place": report.body.place.heir or report.place_code}


def copy_url(report: Report) -> str:
    """Return a report's address on its province's common platform, where copies are and where reports move to."""
    return (
        f"http://zfxxgk.p{report.place_code[:2]}0000.gov.test/{report.place_code}/{report.year}/c{report.number}.html"
    )


def _met(world: World, report: Report) -> Iterator[Capture]:
    """Yield the captures of one report's documents."""
    rng = _rng(world, report)
    way = rng.randrange(4)
    event = _event(world, report)
    first = rng.randint(1, 20)

    def seen(days: int, body: bytes, url: str = report.url) -> Capture:
        return Capture(url, _at(report, days), "report", "ok", 200, body=body, context=_declared(report))

    def gone(days: int, url: str = report.url, **how: object) -> Capture:
        return Capture(url, _at(report, days), "report", context=_declared(report), **how)  # type: ignore[arg-type]

    page = page_of(report)
    if event == "figures changed after publication":
        yield seen(first, page_of(report, printed=_other_figures(report, rng)))
        yield seen(first + 40, page)
    elif event == "dated back":
        later = report.published + timedelta(days=rng.randint(15, 60))
        yield seen(first + 70, page_of(report, dated=later.isoformat()))
        yield seen(first + 140, page)
    elif event == "words changed after publication":
        yield seen(first, page_of(_with_sentence(report)))
        yield seen(first + 40, page)
    elif event == "bytes changed after publication":
        yield seen(first, page)
        yield seen(first + 40, page_of(report, counter=2))
    elif event == "date written in another way":
        yield seen(first, page)
        yield seen(
            first + 40,
            page_of(report, dated=f"{report.published:%Y}年{report.published.month}月{report.published.day}日"),
        )
    elif event.startswith(("copies", "a copy", "a withdrawn copy")):
        yield from _copies(report, event, rng, first, page)
        yield seen(first + 9, page)
    else:
        yield seen(first, page)
    if event == "withdrawn" and way < 3:
        yield gone(first + 100, **_GONE[way])
        yield gone(first + 100 + rng.randint(2, 200), **_GONE[way])
    elif event in ("moved to another address", "withdrawn and put back"):
        yield gone(first + 100, **_GONE[way % 2])
        yield gone(first + 130, **_GONE[way % 2])
        yield seen(first + 131, page, copy_url(report) if event.startswith("moved") else report.url)
    elif event == "not found once":
        yield gone(first + 100, **_GONE[way % 2])
        yield seen(first + 130, page)
    elif event == "a challenge and errors in its place":
        for number, how in enumerate(_FAILED):
            yield gone(first + 100 + 30 * number, **how)
    elif not event and rng.random() < 0.03:
        yield seen(first + 365, page)


def _copies(report: Report, event: str, rng: random.Random, first: int, page: bytes) -> Iterator[Capture]:
    """Yield the captures of a report's copy on the common platform."""
    url = copy_url(report)
    style = (report.style + 3) % 6
    context = _declared(report)
    if event == "copies that agree":
        other = rng.choice((url, report.url.replace("http:", "https:"), f"{report.url}?from=index"))
        body = page if other != url else page_of(report, style=style)
        yield Capture(other, _at(report, first), "report", "ok", 200, body=body, context=context)
        return
    if event == "a copy with another date":
        body = page_of(report, style=style, dated=(report.published + timedelta(days=rng.randint(2, 15))).isoformat())
    else:
        body = page_of(report, style=style, printed=_other_figures(report, rng))
    yield Capture(url, _at(report, first), "report", "ok", 200, body=body, context=context)
    if event == "a withdrawn copy that disagreed":
        for days in (60, 90):
            yield Capture(url, _at(report, first + days), "report", "not_found", 404, context=context)


def _other_figures(report: Report, rng: random.Random) -> dict[Key, str]:
    """Return a report's cells as printed otherwise: one figure, or two that keep every sum."""
    if STATISTICS in report.forms:
        key = (STATISTICS, "disclosed_total", "value")
        return {key: str(int(report.figures[key]) + rng.randint(1, 30))}
    granted, held = ((REQUESTS, row, "natural_person") for row in ("granted", "unable.not_held"))
    if rng.random() < 0.5 and int(report.figures[granted]) and granted not in report.printed:
        changed = {granted: int(report.figures[granted]) - 1, held: int(report.figures[held]) + 1}
        return {
            key: str(value)
            for (_, row, _), person in changed.items()
            for key, value in (
                ((REQUESTS, row, "natural_person"), person),
                ((REQUESTS, row, "total"), int(report.figures[REQUESTS, row, "total"]) + person - int(report.figures[REQUESTS, row, "natural_person"])),
            )
        }  # fmt: skip
    key = (PROACTIVE, "administrative_penalty", "decisions")
    return {key: str(int(report.figures[key]) + rng.randint(1, 30))}


def _with_sentence(report: Report) -> Report:
    """Return a report as first published, with a sentence that was taken out later."""
    first = report.sections[0]
    longer = replace(first, paragraphs=(*first.paragraphs, ("以上工作的具体情况详见各专栏。",)))
    return replace(report, sections=(longer, *report.sections[1:]))


def _list(archive: Archive, report: Report) -> None:
    """Record three readings of a list: one that names a report, two, weeks apart, that no longer do."""
    column = f"http://{report.host}/zwgk/nb/{report.number}/"
    other = (f"{column}other.html", "另一份报告", None)
    for number, days in enumerate((20, 120, 150)):
        at = _at(report, days)
        run, _ = archive.runs.start(f"decade-{report.number}-{report.year}-{number}")
        archive.record_capture(Capture(column, at, "list", "ok", 200, body=f"{column}{number}".encode()), run)
        entries = ((report.url, report.title, None), other) if number == 0 else (other,)
        archive.record_listing(
            Listing(f"p{report.place_code}", column, at, "complete", None, len(entries), entries), run
        )
        archive.runs.end(run, {})


def end_of_decade() -> datetime:
    """Return when all of it was met: the summer after the last report."""
    return datetime.combine(date(2026, 7, 1), time(4), UTC)
