"""A small archive with every state, trust, form and kind of version in it, made without the reader.

Reports are built as the reader would hand them over, so that what a release and the site show can be compared with
what was put in, cell by cell.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from archive import Archive, Capture, SimulatedClock
from archive.decisions.corrections import correct, decide_identity
from archive.histories.versions import derive_versions
from archive.keys import digest
from archive.reading.readings import store_reading
from parsers.model import Cell, Check, Finding, Region, Report, Section, Where
from parsers.templates import TABLES, load_form

DAY = datetime(2026, 2, 1, 8, tzinfo=UTC)
PARSER = 1

HOSTILE = """<html><head><title>年度报告</title><meta charset="gb2312">
<meta http-equiv="refresh" content="0;url=http://evil.test/refresh">
<link rel="stylesheet" href="http://evil.test/style.css"><base href="http://evil.test/">
<style>@import url(http://evil.test/import.css); body { background: url(http://evil.test/background.png) }
td { color: #333 }
</style>
<script src="http://evil.test/script.js"></script>
<script>document.title = "acted"; fetch("http://evil.test/fetch")</script></head>
<body onload="document.title='acted'"><h1 onclick="alert(1)">%s</h1>
<img src="http://evil.test/pixel.gif" onerror="alert(1)">
<img alt="dot" src="data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=">
<form action="http://evil.test/form"><input name="a"><button formaction="javascript:alert(1)">send</button></form>
<iframe src="http://evil.test/frame"></iframe>
<a href="javascript:alert(1)">脚本链接</a>
<a href="http://evil.test/link" ping="http://evil.test/ping">外链</a>
<svg><script>alert(1)</script><image href="http://evil.test/svg.png"/>
<a xlink:href="javascript:alert(1)"><text>图</text></a></svg>
<p style="background-image:url('http://evil.test/inline.png');color:#222">一、总体情况</p><p>%s</p>
<table border="1"><tr><td>自然人</td><td>总计</td></tr><tr><td>3</td><td>3</td></tr></table><object data="http://evil.test/o"></object></body></html>"""

PROSE = "本年度主动公开政府信息，依法办理公开申请。行政复议维持原决定，数字见表。"

CellKey = tuple[str, str, str]


def figure(key: CellKey) -> int | str:
    """Return the figure that stands in a cell unless a test says otherwise."""
    if key[2].startswith("amount_") or key[1].endswith("_wan_yuan"):
        return "96171.60"
    return int(digest(*key)[:2], 16) % 40


def cell(key: CellKey, position: int, **changes: object) -> Cell:
    """Make a cell as the reader would."""
    value = figure(key)
    trust = "stated" if key[0] in ("proactive_disclosure", "statistics") else "verified"
    made = Cell(*key, "value", value, str(value), trust, Where(2, position, 1))
    return replace(made, **changes)  # type: ignore[arg-type]


def report(
    issuer: str,
    year: int,
    code: str,
    place: str,
    *,
    forms: dict[str, str] | None = None,
    changed: dict[CellKey, dict[str, object] | None] | None = None,
    prose: str = PROSE,
    **more: object,
) -> Report:
    """Make a report with every cell of its forms; `changed` alters a cell, or leaves it out (None)."""
    forms = forms or dict.fromkeys(TABLES, "2021")
    cells: list[Cell] = []
    for table, name in forms.items():
        form = load_form(table, name)
        for row in form.rows:
            for column in form.columns_of(row):
                key = (table, row.key, column.key)
                change = (changed or {}).get(key, {})
                if change is not None:
                    cells.append(cell(key, len(cells), **change))
    base = Report(
        verdict="report",
        parser_version=PARSER,
        title=f"{issuer}{year}年政府信息公开工作年度报告",
        title_raw=f"{issuer} {year} 年政府信息公开工作年度报告",
        issuer=issuer,
        issuer_raw=issuer,
        report_year=year,
        region=Region(code, place, ("title",)),
        published=f"{year + 1}-01-15",
        script="Hans",
        forms=forms,
        sections=tuple(
            Section(n, heading, prose if n in (1, 5) else "")
            for n, heading in enumerate(
                (
                    "一、总体情况",
                    "二、主动公开政府信息情况",
                    "三、收到和处理政府信息公开申请情况",
                    "四、政府信息公开行政复议、行政诉讼情况",
                    "五、存在的主要问题及改进情况",
                    "六、其他需要报告的事项",
                ),
                1,
            )
        ),
        cells=tuple(cells),
        checks=(
            Check("A1", "new_received", "pass", 7, 7),
            Check("A2", "total", "pass_blank_as_zero", 7, 7),
            Check("B1", "review", "not_assessable", None, 3),
        ),
        format="html",
        encoding="utf-8",
    )
    return replace(base, **more)  # type: ignore[arg-type]


def request(row: str, column: str) -> CellKey:
    """Return the key of a cell of table three."""
    return ("requests", row, column)


DISPUTED = report(
    "平顶山市新华区政务服务局",
    2023,
    "410402",
    "河南省平顶山市新华区",
    changed={
        request("new_received", "natural_person"): {"value": 3, "raw": " 3 ", "trust": "disputed"},
        request("new_received", "total"): {"value": 9, "raw": "9", "trust": "disputed"},
        request("granted", "natural_person"): {"state": "blank", "value": None, "raw": "", "trust": "stated"},
        request("granted", "business"): {"state": "dash", "value": None, "raw": "—", "trust": "stated"},
        request("granted", "research"): {"state": "text", "value": None, "raw": "=见附件", "trust": "inferred"},
        request("granted", "total"): {"state": "undecidable", "value": None, "raw": "2 11", "trust": None},
        request("granted_partial", "total"): {"value": 5, "raw": "5（其中1件）", "trust": "inferred"},
        **{request("other_handling.other", column.key): None for column in load_form("requests", "2021").columns},
    },
    checks=(
        Check("A1", "carried_in", "pass", 4, 4),
        Check("A1", "new_received", "fail", 7, 9),
        Check("A2", "total", "not_assessable", None, None),
    ),
    findings=(Finding("sum_fails", "error", "A1 fails for new_received", "new_received 不满足 A1", Where(3, 1, 2)),),
)
EDITED = report(
    "郑州市二七区政务服务中心",
    2023,
    "410103",
    "河南省郑州市二七区",
    changed={
        request("new_received", "total"): {"value": 41, "raw": "41"},
        ("proactive_disclosure", "administrative_fees", "amount_wan_yuan"): {"value": "12.5000", "raw": "12.5000"},
    },
    prose=PROSE + "补充说明。",
)
REPORTS = {
    "http://a.test/2023.html": DISPUTED,
    "http://a.test/2021.html": report("平顶山市新华区政务服务局", 2021, "410402", "河南省平顶山市新华区"),
    "http://b.test/2023.html": report("郑州市二七区政务服务中心", 2023, "410103", "河南省郑州市二七区"),
    "http://b.test/2020.html": report(
        "郑州市二七区政务服务中心",
        2020,
        "410103",
        "河南省郑州市二七区",
        forms={"proactive_disclosure": "2019", "requests": "2019", "review_and_litigation": "2021"},
        changed={
            ("proactive_disclosure", "administrative_licensing", "change"): {"value": -8, "raw": "-8"},
        },
    ),
    "file:xinrong.txt": report(
        "新荣区政务服务中心",
        2021,
        "140212",
        "山西省大同市新荣区",
        issuer_raw="新榮區政務服務中心",
        title_raw="新榮區政務服務中心2021年政府信息公開工作年度報告",
        script="Hant",
        format="text",
        published=None,
        prose="新榮區政務服務中心依法公開政府信息，行政復議為零。",
    ),
    "http://c.test/local.html": report(
        "=1+1测试局",
        2019,
        "410000",
        "河南省",
        forms={"review_and_litigation": "2021"},
        cells=(
            Cell("statistics", "disclosed_total", "value", "value", 12, "12", "stated", Where(0, 0, 0), "条"),
            cell(("review_and_litigation", "review", "total"), 1),
        ),
        checks=(),
    ),
}

CORRECTIONS = (
    (request("new_received", "total"), "7", "合计与各列之和不符"),
    (request("carried_in", "total"), str(figure(request("carried_in", "total"))), "已核对"),
    (request("other_handling.other", "total"), "1", "原件缺此行"),
)
"""What people decided on the report of DISPUTED: a printed figure, one that is as printed, one that is not there."""


def body_of(url: str, year: int = 0) -> bytes:
    """Return the bytes that carried the report at `url`."""
    made = REPORTS[url]
    if made.format == "text":
        return f"{made.title_raw}\n\n一、总体情况\n{made.sections[0].text}".encode()
    return (HOSTILE % (made.title, made.sections[0].text + str(year))).encode()


def make_archive(path: Path, *, sample: bool = False) -> Archive:
    """Make the archive: six reports, one edited, one withdrawn, one technical version, one challenge page."""
    archive = Archive.open(path, SimulatedClock(DAY), create=True, sample=sample)
    for url, made in REPORTS.items():
        imported = url.startswith("file:")
        capture(archive, url, DAY, body_of(url), "imported" if imported else "ok", "import" if imported else "report")
        keep(archive, url, body_of(url), made)
    edited, day = "http://b.test/2023.html", DAY.replace(day=10)
    capture(archive, edited, day, body_of(edited, 2), "ok", "report")
    keep(archive, edited, body_of(edited, 2), EDITED)
    capture(archive, edited, DAY.replace(day=12), b"<script>challenge</script>", "ok", "report", verdict="challenge")
    gone = "http://b.test/2020.html"
    for number in (11, 13):
        capture(archive, gone, DAY.replace(day=number), None, "not_found", "report", status=404)
    reread = "http://a.test/2021.html"
    newer = replace(REPORTS[reread], parser_version=2, preface="统计期限自1月1日起。")
    keep(archive, reread, body_of(reread), newer)
    derive_versions(archive, 2)
    name = "河南省平顶山市新华区政务服务局/2023"
    for key, value, why in CORRECTIONS:
        correct(archive, name, "/".join(key), value, why=why, author="=li", evidence="http://a.test/letter.html")
    decide_identity(archive, "http://c.test/local.html", "identity/scope", "own_body", why="见来信", author="王")
    derive_versions(archive, 2)
    return archive


def capture(
    archive: Archive,
    url: str,
    at: datetime,
    body: bytes | None,
    outcome: str,
    kind: str,
    *,
    status: int | None = 200,
    verdict: str | None = None,
) -> None:
    """Record a capture."""
    headers = () if kind == "import" else (("Content-Type", "text/html"), ("Set-Cookie", "session=secret"))
    archive.record_capture(
        Capture(
            url,
            at,
            kind,  # type: ignore[arg-type]
            outcome,  # type: ignore[arg-type]
            status=None if kind == "import" else status,
            headers=headers,
            body=body,
            verdict=verdict,  # type: ignore[arg-type]
        )
    )


def keep(archive: Archive, url: str, body: bytes, made: Report) -> None:
    """Store a reading of `body`."""
    with archive.transaction():
        store_reading(archive.db, archive.put_body(body), url, made)
