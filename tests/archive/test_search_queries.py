"""Fifty queries find exactly the reports that a plain look at every text finds: no report missing, none too many.

The texts are those of the simulated decade (tests/decade) and, for Traditional ones, of sample portals. What is wanted is written
beside each query as a condition over the texts as they were generated, never read by the archive; the looking is regular expressions
over text that is folded here, not by the index.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

import opencc
import pytest

from archive import Archive, Capture, SimulatedClock
from archive.reading.readings import read_captures
from archive.search import QueryError, search
from archive.selection import parse_selection
from crawler.samples import World, text_capture
from crawler.samples.report import compose
from tests.decade.pages import draw_page
from tests.decade.world import make_world

AT = datetime(2025, 4, 10, tzinfo=UTC)


@dataclass(frozen=True)
class Text:
    """A report as it was generated, and what it is."""

    url: str
    lines: tuple[str, ...]
    year: int
    place: str
    level: str
    kind: str
    forms: frozenset[str]

    def has(self, phrase: str, *, prefix: bool = False) -> bool:
        pattern = _pattern(phrase, prefix)
        return any(pattern.search(line) for line in self.lines)


_SIMPLIFIED = opencc.OpenCC("t2s")


def fold(text: str) -> str:
    simple = unicodedata.normalize("NFKC", _SIMPLIFIED.convert(text)).lower()
    return re.sub(r"\s+", "", re.sub(r"[^\w\s]+", "|", simple))


@cache
def _pattern(phrase: str, prefix: bool) -> re.Pattern[str]:
    wanted = fold(phrase)
    before = r"(?<![0-9a-z])" if re.match("[0-9a-z]", wanted) else ""
    after = r"(?![0-9a-z])" if re.search("[0-9a-z]$", wanted) and not prefix else ""
    return re.compile(before + re.escape(wanted) + after)


def of_the_decade() -> Iterator[tuple[Text, bytes]]:
    """Yield each report of a small simulated decade as written, and its page."""
    for report in make_world(3, 24).reports:
        lines = [report.title, report.unit, report.issuer, *report.preface.split("\n")]
        for section in report.sections:
            lines += [section.heading, *section.text.split("\n")]
        text = Text(
            report.url,
            tuple(map(fold, lines)),
            report.year,
            report.place_code,
            report.level,
            report.body.kind,
            frozenset(report.forms.values()),
        )
        yield text, draw_page(
            report.title, report.preface, report.sections, report.forms, report.figures, report.printed,
            report.published.isoformat(), style=report.style,
        )  # fmt: skip


def of_sample_portals() -> Iterator[tuple[Text, bytes]]:
    """Yield some reports of sample portals as written, and captures of them, every other one Traditional."""
    for number, report in enumerate(World(plant={}, units=6).reports):
        written = compose(report.plan, report.edition)
        lines = ["".join(written.title), report.unit, report.place_name, *written.preface]
        for section in written.sections:
            lines += [section.heading, *section.paragraphs]
        code = report.place_code
        text = Text(
            f"http://www.example.gov.cn/{number}",
            tuple(map(fold, lines)),
            report.year,
            code,
            "city" if code.endswith("00") else "county",
            "government" if report.unit.endswith("人民政府") else "department",
            frozenset(report.forms.values()),
        )
        yield text, text_capture(report, "tabs", traditional=number % 2 == 0).encode()


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Archive, list[Text]]]:
    with Archive.open(tmp_path_factory.mktemp("corpus"), SimulatedClock(AT), create=True, sample=False) as archive:
        made = []
        captures = []
        for text, body in (*of_the_decade(), *of_sample_portals()):
            made.append(text)
            captures.append(Capture(text.url, AT, "report", "ok", 200, body=body))
        archive.record_captures(captures)
        read_captures(archive, workers=2)
        yield archive, made


Wanted = Callable[[Text], bool]

QUERIES: dict[str, Wanted] = {
    # one to eight characters
    "训": lambda t: t.has("训"),
    "村": lambda t: t.has("村"),
    "水利": lambda t: t.has("水利"),
    "信访": lambda t: t.has("信访"),
    "培训": lambda t: t.has("培训"),
    "开放日": lambda t: t.has("开放日"),
    "图书馆": lambda t: t.has("图书馆"),
    "营商环境": lambda t: t.has("营商环境"),
    "三审三校": lambda t: t.has("三审三校"),
    "融媒体中心": lambda t: t.has("融媒体中心"),
    "街道办事处": lambda t: t.has("街道办事处"),
    "优化栏目布局": lambda t: t.has("优化栏目布局"),
    "人民政府办公室": lambda t: t.has("人民政府办公室"),
    "政府信息公开条例": lambda t: t.has("政府信息公开条例"),
    "绝无此词": lambda t: False,
    # a phrase does not run over a mark or a line's end
    "导监": lambda t: t.has("导监"),
    "条其中": lambda t: t.has("条其中"),
    '"政府开放日"活动': lambda t: t.has("政府开放日") and t.has("活动"),
    '"“政府开放日”活动"': lambda t: t.has("“政府开放日”活动"),
    '"预算和决算，方便群众"': lambda t: t.has("预算和决算，方便群众"),
    '"向村（社区）"': lambda t: t.has("向村（社区）"),
    # figures, and figures within Chinese
    "2018": lambda t: t.has("2018"),
    "2018年": lambda t: t.has("2018年"),
    "201": lambda t: t.has("201"),
    "201*": lambda t: t.has("201", prefix=True),
    "培训5*": lambda t: t.has("培训5", prefix=True),
    "1月1日至12月31日": lambda t: t.has("1月1日至12月31日"),
    "１２月３１日": lambda t: t.has("12月31日"),
    # Traditional finds Simplified, and the other way round
    "財政局": lambda t: t.has("财政局"),
    "圖書館": lambda t: t.has("图书馆"),
    "營商環境": lambda t: t.has("营商环境"),
    "瞭解": lambda t: t.has("了解"),
    "答覆": lambda t: t.has("答复"),
    "覆申請": lambda t: t.has("复申请"),
    "後": lambda t: t.has("后"),
    "開放日 OR 檔案館": lambda t: t.has("开放日") or t.has("档案馆"),
    # operators and brackets
    "信访 图书馆": lambda t: t.has("信访") and t.has("图书馆"),
    "信访 AND 图书馆": lambda t: t.has("信访") and t.has("图书馆"),
    "信访 OR 图书馆": lambda t: t.has("信访") or t.has("图书馆"),
    "信访 NOT 图书馆": lambda t: t.has("信访") and not t.has("图书馆"),
    "信访 -图书馆": lambda t: t.has("信访") and not t.has("图书馆"),
    "NOT 信访": lambda t: not t.has("信访"),
    "(信访 OR 图书馆) 培训": lambda t: (t.has("信访") or t.has("图书馆")) and t.has("培训"),
    "信访 OR 图书馆 培训": lambda t: t.has("信访") or (t.has("图书馆") and t.has("培训")),
    "NOT (信访 OR 图书馆) 档案馆": lambda t: not (t.has("信访") or t.has("图书馆")) and t.has("档案馆"),
    "（信访 OR NOT 图书馆） 培训": lambda t: (t.has("信访") or not t.has("图书馆")) and t.has("培训"),
    # filters, alone, beside words and under operators
    "place=410000": lambda t: t.place.startswith("41"),
    "place=410600 year=2015-2020 公开": lambda t: t.place.startswith("4106") and 2015 <= t.year <= 2020,
    "place=410622 level=county 培训": lambda t: t.place == "410622" and t.level == "county" and t.has("培训"),
    "level=town": lambda t: t.level == "town",
    "form=2019 kind=department 信访": lambda t: "2019" in t.forms and t.kind == "department" and t.has("信访"),
    "form=local OR form=statistics-2014": lambda t: bool({"local", "statistics-2014"} & t.forms),
    "year=2023 OR 图书馆": lambda t: t.year == 2023 or t.has("图书馆"),
    "信访 NOT (place=140000 OR year=2019)": lambda t: (
        t.has("信访") and not (t.place.startswith("14") or t.year == 2019)
    ),
    "kind=government NOT form=2021": lambda t: t.kind == "government" and "2021" not in t.forms,
}


def found(archive: Archive, query: str) -> set[str]:
    answer = search(archive.db, query, 10_000)
    assert len(answer.hits) == answer.total
    ids = [hit.report_id for hit in answer.hits]
    assert len(set(ids)) == len(ids)
    return {
        url
        for key in ids
        for (url,) in archive.db.execute("SELECT url FROM document WHERE report_id = ?", (key,)).fetchall()
    }


def test_there_are_fifty_queries_and_most_of_them_tell_reports_apart(corpus: tuple[Archive, list[Text]]) -> None:
    sizes = [sum(map(wanted, corpus[1])) for wanted in QUERIES.values()]
    assert len(QUERIES) >= 50
    assert sum(0 < size < len(corpus[1]) for size in sizes) > 40


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_finds_every_report_that_holds_it_and_no_other(corpus: tuple[Archive, list[Text]], query: str) -> None:
    archive, made = corpus
    assert found(archive, query) == {text.url for text in made if QUERIES[query](text)}


def test_a_filter_is_the_same_as_an_option_and_in_the_query(corpus: tuple[Archive, list[Text]]) -> None:
    archive, _ = corpus
    for query, words in (("信访 year=2018-2022", ["year=2018-2022"]), ("信访 trust=verified", ["trust=verified"])):
        option = search(archive.db, "信访", 1000, selection=parse_selection(words))
        assert option == search(archive.db, query, 1000)
        assert option.total


def test_pages_of_an_answer_are_the_answer_and_each_says_how_many_there_are(
    corpus: tuple[Archive, list[Text]],
) -> None:
    archive, made = corpus
    whole = search(archive.db, "公开", 1000)
    parts = [search(archive.db, "公开", 50, skip=skip) for skip in range(0, len(made), 50)]
    assert [hit for part in parts for hit in part.hits] == list(whole.hits)
    assert {part.total for part in parts} == {len(made)}


def test_a_title_ranks_before_a_narrative(corpus: tuple[Archive, list[Text]]) -> None:
    archive, _ = corpus
    hits = search(archive.db, "人民政府", 1000).hits
    titled = ["人民政府" in hit.title for hit in hits]
    assert any(titled) and titled == sorted(titled, reverse=True)


@pytest.mark.parametrize(
    ("query", "at"),
    [
        ('"公开', 1),
        ("公开 “复议", 4),
        ("(公开", 1),
        ("公开)", 3),
        ("公开 AND", 7),
        ("OR 公开", 1),
        ("公开 OR OR 复议", 7),
        ("NOT", 4),
        ("，。", 1),
        ('公开 ""', 4),
        ("*", 1),
        ("公*开", 1),
        ("colour=red", 1),
        ("公开 place=41", 4),
        ("year=2022-2019", 1),
        ("(" * 30 + "公开" + ")" * 30, 21),
        ("公" * 1001, 1001),
    ],
)
def test_a_query_that_cannot_be_understood_says_what_is_wrong_and_where(
    corpus: tuple[Archive, list[Text]], query: str, at: int
) -> None:
    with pytest.raises(QueryError) as error:
        search(corpus[0].db, query)
    assert f"character {at}:" in error.value.en
    assert f"第 {at} 字" in error.value.zh


@pytest.mark.parametrize(
    "query", ["AND", "a OR b", "NEAR(公开 复议)", "title:公开", "第二十条第（一）项", "公开 and 复议"]
)
def test_what_fts5_would_take_for_its_own_language_means_nothing_else_here(
    corpus: tuple[Archive, list[Text]], query: str
) -> None:
    try:
        search(corpus[0].db, query)
    except QueryError:
        assert query == "AND"
