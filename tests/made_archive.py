"""Small archives made without the reader: reports whose every figure is nought unless a test says otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from archive import Archive, Capture
from archive.crosschecks import CheckSummary, check_across
from archive.histories.versions import derive_versions
from archive.keys import digest
from archive.reading.readings import store_reading
from parsers import PARSER_VERSION
from parsers.model import Cell, Region, Report, Section, Where
from parsers.templates import TABLES, load_form

FORM_2021 = dict.fromkeys(TABLES, "2021")
FORM_2019 = {"proactive_disclosure": "2019", "requests": "2019", "review_and_litigation": "2021"}
FORM_2014 = {"statistics": "statistics-2014"}
PLACE = ("410402", "河南省平顶山市新华区")
BUREAU = "平顶山市新华区民政局"
_SUBJECTS = "教育卫生交通水利林业财政税收养老救助医保社保住房供水供电燃气环境消防应急粮食种子渔业畜牧商贸招商旅游文物体育科技专利统计"
SUBJECTS = [_SUBJECTS[i : i + 2] for i in range(0, len(_SUBJECTS), 2)]
DEEDS = (
    "梳理事项清单并逐项对照修订完善", "开设专题栏目集中回答群众关心的疑问", "邀请群众代表走进单位参加开放活动", "组织业务骨干逐条核对历史数据",
    "把办理进度推送到申办人的手机上", "制作图文解说并张贴在办事大厅", "通过广播向偏远村组播报最新消息", "委托第三方对栏目质量开展抽样评估",
    "建立台账并由专人逐月销号", "请老党员担任监督员提出改进建议",
)  # fmt: skip


def prose(seed: int, sentences: int = 24) -> list[str]:
    """Return sentences; those of two seeds share none."""
    found = []
    for i in range(sentences):
        one, two = (SUBJECTS[n % len(SUBJECTS)] for n in (seed * 7 + i, seed * 11 + i * 5 + 3))
        deed = DEEDS[(seed * 3 + i * 7) % len(DEEDS)]
        found.append(f"围绕{one}领域{deed}，并把{two}列为第{seed}批重点，{digest('words', seed, i).translate(LETTERS)}")
    return found


LETTERS = str.maketrans("0123456789abcdef", "天地玄黄宇宙洪荒日月盈昃辰宿列张")
"""Hexadecimal digits as characters that no two sentences share in order."""


@dataclass(slots=True)
class Maker:
    """Puts reports into an archive and asks what the rules make of them."""

    archive: Archive
    day: datetime = datetime(2013, 1, 1, tzinfo=UTC)
    bodies: dict[str, int] = field(default_factory=dict)

    def put(
        self,
        year: int,
        figures: Mapping[str, int | str | None] | None = None,
        *,
        issuer: str = BUREAU,
        place: tuple[str, str] = PLACE,
        forms: Mapping[str, str] = FORM_2021,
        text: str | Mapping[int, str] | None = None,
        trust: Mapping[str, str | None] | None = None,
        url: str | None = None,
        portal: str | None = None,
        published: str | None = None,
        at: datetime | None = None,
    ) -> str:
        """Put a report in; `figures` by row.column (None: blank, "absent": no such cell); return its address."""
        url = url or f"http://{digest('host', issuer)[:6]}.gov.cn/{year}.html"
        report = make_report(
            year,
            figures or {},
            issuer=issuer,
            place=place,
            forms=forms,
            text=text,
            trust=trust or {},
            published=published,
        )
        number = self.bodies[url] = self.bodies.get(url, 0) + 1
        body = f"{url} {number}".encode()
        at = at or datetime(year + 1, 1, 20, tzinfo=UTC) + timedelta(days=30 * (number - 1))
        self.archive.record_capture(Capture(url, at, "report", "ok", 200, body=body, portal=portal))
        sha256 = self.archive.put_body(body)
        with self.archive.transaction():
            store_reading(self.archive.db, sha256, url, report)
        return url

    def look(self, day: datetime | None = None) -> None:
        """Record that the archive looked somewhere, on a day or now."""
        self.archive.record_capture(Capture("http://x.gov.cn/", day or self.archive.clock.now(), "robots", "ok", 200))

    def gone(self, url: str, *days: datetime) -> None:
        """Record that an address was not there."""
        for day in days:
            self.archive.record_capture(Capture(url, day, "report", "not_found", 404))

    def check(self, *, everything: bool = False) -> CheckSummary:
        """Derive versions and cross-checks."""
        derive_versions(self.archive, PARSER_VERSION)
        return check_across(self.archive, stale_only=not everything)

    def outcomes(self, rule: str, status: str | None = None) -> list[tuple[int, str, str]]:
        """Return (year, within, status) of a rule's outcomes."""
        rows = self.archive.db.execute(
            """SELECT report_year, within, status FROM cross_check WHERE rule = ? AND (? IS NULL OR status = ?)
               ORDER BY 1, 2, 3""",
            (rule, status, status),
        )
        return [tuple(row) for row in rows]

    def failures(self, rule: str) -> list[tuple[int, str]]:
        """Return (year, within) of what fails."""
        return [(year, within) for year, within, _ in self.outcomes(rule, "fail")]

    def dump(self) -> list[tuple[object, ...]]:
        """Return every row of cross_check, ordered."""
        return [tuple(row) for row in self.archive.db.execute("SELECT * FROM cross_check ORDER BY id")]


def make_report(
    year: int,
    figures: Mapping[str, int | str | None],
    *,
    issuer: str,
    place: tuple[str, str],
    forms: Mapping[str, str],
    text: str | Mapping[int, str] | None,
    trust: Mapping[str, str | None],
    published: str | None,
) -> Report:
    """Make a report as the reader would hand it over."""
    left = set(figures)
    cells = []
    for table, name in forms.items():
        form = load_form(table, name)
        for row in form.rows:
            for column in form.columns_of(row):
                key = f"{row.key}.{column.key}"
                left.discard(key)
                value = figures.get(key, "0" if column.key.startswith("amount_") else 0)
                if value == "absent":
                    continue
                state = "blank" if value is None else "value"
                degree = trust.get(key, "stated")
                if degree is None:
                    state, value = "undecidable", None
                cells.append(
                    Cell(table, row.key, column.key, state, value, str(value), degree, Where(0, len(cells), 0))
                )
    assert not left, f"no such cells: {left}"
    texts = (
        {1: "\n".join(f"{s}。" for s in prose(year))} if text is None else {1: text} if isinstance(text, str) else text
    )
    return Report(
        "report",
        PARSER_VERSION,
        title=f"{issuer}{year}年政府信息公开工作年度报告",
        title_raw=f"{issuer}{year}年政府信息公开工作年度报告",
        issuer=issuer,
        issuer_raw=issuer,
        report_year=year,
        region=Region(*place, ("title",)),
        published=published,
        script="Hans",
        forms=dict(forms),
        sections=tuple(Section(n, f"第{n}部分", t) for n, t in texts.items()),
        cells=tuple(cells),
        format="html",
    )
