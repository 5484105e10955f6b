"""Fifty queries find exactly the reports that a plain look at every text finds: no report missing, none too many.

What is wanted is written beside each query as a condition over the texts as they were generated, never read by the archive; the
looking is regular expressions over text that is folded here, not by the index.
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
from archive.readings import read_captures
from archive.search import QueryError, search
from archive.selection import parse_selection
from crawler.samples import World, text_capture
from crawler.samples.report import compose

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


def texts() -> Iterator[tuple[Text, str]]:
    """Yield each report as generated, and the capture in which the archive meets it."""
    world = World(plant={}, units=15)
    for number, report in enumerate(world.reports):
        written = compose(report.plan, report.edition)
        lines = ["".join(written.title), report.unit, report.place_name, *written.preface]
        for section in written.sections:
            lines += [section.heading, *section.paragraphs]
        code = report.place_code
        text = Text(
            f"http://www.example.gov.cn/{number}",
            tuple(fold(line) for line in lines),
            report.year,
            code,
            "city" if code.endswith("00") else "county",
            "government" if report.unit.endswith("人民政府") else "department",
            frozenset(report.forms.values()),
        )
        yield text, text_capture(report, "tabs", traditional=number % 5 == 0)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Archive, list[Text]]]:
    with Archive.open(tmp_path_factory.mktemp("corpus"), SimulatedClock(AT), create=True, sample=False) as archive:
        made = []
        captures = []
        for text, capture in texts():
            made.append(text)
            captures.append(Capture(text.url, AT, "report", "ok", 200, body=capture.encode()))
        archive.record_captures(captures)
        read_captures(archive, workers=2)
        yield archive, made


Wanted = Callable[[Text], bool]

QUERIES: dict[str, Wanted] = {
    # one to eight characters
    "训": lambda t: t.has("训"),
    "村": lambda t: t.has("村"),
    "水利": lambda t: t.has("水利"),
    "培训": lambda t: t.has("培训"),
    "微信": lambda t: t.has("微信"),
    "开放日": lambda t: t.has("开放日"),
    "图书馆": lambda t: t.has("图书馆"),
    "三审三校": lambda t: t.has("三审三校"),
    "保密审查": lambda t: t.has("保密审查"),
    "融媒体中心": lambda t: t.has("融媒体中心"),
    "主要负责同志": lambda t: t.has("主要负责同志"),
    "信息公开领导小组": lambda t: t.has("信息公开领导小组"),
    "政府信息公开条例": lambda t: t.has("政府信息公开条例"),
    "优化栏目布局": lambda t: t.has("优化栏目布局"),
    "政府信息公开工作": lambda t: t.has("政府信息公开工作"),
    "绝无此词": lambda t: False,
    # a phrase does not run over a mark or a line's end
    "导监": lambda t: t.has("导监"),
    "条其中": lambda t: t.has("条其中"),
    "信息公开办": lambda t: t.has("信息公开办"),
    '"政府开放日"活动': lambda t: t.has("政府开放日") and t.has("活动"),
    '"“政府开放日”活动"': lambda t: t.has("“政府开放日”活动"),
    '"公布，方便"': lambda t: t.has("公布，方便"),
    # figures, and figures within Chinese
    "2023": lambda t: t.has("2023"),
    "2023年": lambda t: t.has("2023年"),
    "202": lambda t: t.has("202"),
    "202*": lambda t: t.has("202", prefix=True),
    "1月1日至12月31日": lambda t: t.has("1月1日至12月31日"),
    "１２月３１日": lambda t: t.has("12月31日"),
    "信息1*": lambda t: t.has("信息1", prefix=True),
    # Traditional finds Simplified, and the other way round
    "財務 OR 水利局": lambda t: t.has("财务") or t.has("水利局"),
    "圖書館": lambda t: t.has("图书馆"),
    "三審三校": lambda t: t.has("三审三校"),
    "瞭解 OR 檔案館": lambda t: t.has("了解") or t.has("档案馆"),
    "答覆": lambda t: t.has("答复"),
    "覆申請": lambda t: t.has("复申请"),
    "後": lambda t: t.has("后"),
    "開放日 OR 圖書館": lambda t: t.has("开放日") or t.has("图书馆"),
    # operators and brackets
    "微信 图书馆": lambda t: t.has("微信") and t.has("图书馆"),
    "微信 AND 图书馆": lambda t: t.has("微信") and t.has("图书馆"),
    "微信 OR 图书馆": lambda t: t.has("微信") or t.has("图书馆"),
    "微信 NOT 图书馆": lambda t: t.has("微信") and not t.has("图书馆"),
    "微信 -图书馆": lambda t: t.has("微信") and not t.has("图书馆"),
    "NOT 微信": lambda t: not t.has("微信"),
    "(微信 OR 图书馆) 培训": lambda t: (t.has("微信") or t.has("图书馆")) and t.has("培训"),
    "微信 OR 图书馆 培训": lambda t: t.has("微信") or (t.has("图书馆") and t.has("培训")),
    "NOT (微信 OR 图书馆) 档案馆": lambda t: not (t.has("微信") or t.has("图书馆")) and t.has("档案馆"),
    "（微信 OR NOT 图书馆） 培训": lambda t: (t.has("微信") or not t.has("图书馆")) and t.has("培训"),
    # filters, alone, beside words and under operators
    "place=410000": lambda t: t.place.startswith("41"),
    "place=410400 year=2020-2022 公开": lambda t: t.place.startswith("4104") and 2020 <= t.year <= 2022,
    "level=city 培训": lambda t: t.level == "city" and t.has("培训"),
    "form=2019 kind=department 微信": lambda t: "2019" in t.forms and t.kind == "department" and t.has("微信"),
    "year=2023 OR 图书馆": lambda t: t.year == 2023 or t.has("图书馆"),
    "微信 NOT (place=140000 OR year=2019)": lambda t: t.has("微信") and not (t.place.startswith("14") or t.year == 2019),
    "kind=government NOT form=2019": lambda t: t.kind == "government" and "2019" not in t.forms,
}  # fmt: skip


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
    for query, words in (("微信 year=2020-2022", ["year=2020-2022"]), ("微信 trust=verified", ["trust=verified"])):
        option = search(archive.db, "微信", 1000, selection=parse_selection(words))
        assert option == search(archive.db, query, 1000)
        assert option.total


def test_pages_of_an_answer_are_the_answer_and_each_says_how_many_there_are(
    corpus: tuple[Archive, list[Text]],
) -> None:
    archive, made = corpus
    whole = search(archive.db, "公开", 1000)
    parts = [search(archive.db, "公开", 20, skip=skip) for skip in range(0, len(made), 20)]
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
