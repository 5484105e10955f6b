"""An article in a script is read as if it stood on the page, and only where the page does not show it."""

from __future__ import annotations

import json

import pytest

from crawler.samples import World
from parsers import read_report
from parsers.decode import decode
from parsers.model import Grid, Paragraph
from parsers.readers.html import read_html

REPORT = "<p>一、总体情况</p><p>本年新收政府信息公开申请3件。</p><table><tr><td>甲</td><td>1</td></tr><tr><td>乙</td><td>2</td></tr></table>"


def page(script: str, shown: str = "<p>正在加载……</p>") -> bytes:
    return f"<html><head><title>x</title></head><body>{shown}<script>{script}</script></body></html>".encode()


def prose(body: bytes) -> list[str]:
    document = read_html(decode(body, ()))
    return [block.text for block in document.blocks if isinstance(block, Paragraph)]


def escaped(record: dict[str, object]) -> str:
    return json.dumps(record).replace("<", "\\u003C")


def test_every_cell_of_a_report_in_a_script_is_read() -> None:
    world = World.of_families("gkmlpt", units=2, years=(2019, 2023))
    (portal,) = world.portals
    for report in portal.reports_at(0):
        answer = portal.answer("GET", report.url.split(".test", 1)[1], {}, 0)
        read = read_report(answer.body, url=report.url)
        assert {(cell.table, cell.row, cell.column): (cell.state, cell.value) for cell in read.cells} == report.cells
        assert (read.title, read.issuer, read.published) == (report.title, report.unit, report.published.isoformat())


def test_what_the_record_says_beside_the_text_is_metadata_and_the_page_s_own_goes_before() -> None:
    record = {"title": "某局2023年年报", "publisher": "某局", "display_publish_time": "2024-01-30", "content": REPORT}
    body = page(f"window._CONFIG = {{SID:'1', DETAIL: {escaped(record)}}};")
    metadata = read_html(decode(body, ())).metadata
    assert (metadata["ArticleTitle"], metadata["ContentSource"], metadata["PubDate"]) == (
        "某局2023年年报",
        "某局",
        "2024-01-30",
    )
    tagged = body.replace(b"<title>", '<meta name="ContentSource" content="本页"><title>'.encode())
    assert read_html(decode(tagged, ())).metadata["ContentSource"] == "本页"


@pytest.mark.parametrize("key", ['"content"', "content", "'content'"])
def test_the_key_may_be_written_as_scripts_write_keys(key: str) -> None:
    assert prose(page(f"var a = {{{key}: {json.dumps(REPORT)}}};"))[0] == "一、总体情况"


@pytest.mark.parametrize(
    "script",
    [
        '{"content": "no markup, 政府信息公开"}',
        '{"content": "<p>停机维护</p>"}',
        '{"content": "<p>政府信息公开',
        '{"contents": "<p>政府信息公开</p>"}',
        '{"content": ["<p>政府信息公开</p>"]}',
        "",
    ],
)
def test_other_texts_in_scripts_are_not_the_article(script: str) -> None:
    assert prose(page(script)) == ["正在加载……"]


def test_a_text_that_the_page_shows_is_read_where_it_is_shown() -> None:
    shown = f"{REPORT}<p>完</p>"
    assert prose(page(escaped({"content": REPORT}), shown))[-1] == "完"


def test_a_table_alone_is_an_article_too() -> None:
    table = "<table><tr><td>行政许可</td><td>12</td></tr><tr><td>行政处罚</td><td>7</td></tr></table>"
    document = read_html(decode(page(escaped({"content": table})), ()))
    assert [len(block.rows) for block in document.blocks if isinstance(block, Grid)] == [2]


def test_many_texts_and_braces_do_not_hold_the_reader_up() -> None:
    hostile = '{"content": "<p>' * 20_000
    assert prose(page(hostile)) == ["正在加载……"]
