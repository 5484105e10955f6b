"""The captured page is shown without acting: no script, no form, no frame, no link, no request."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.website.sources import PAGE_POLICY, quieten

Get = Callable[..., Any]
DISPUTED = "http://a.test/2023.html"


def test_a_hostile_page_loses_everything_that_acts_and_keeps_its_words(samples: ModuleType) -> None:
    quiet = quieten(samples.body_of(DISPUTED).decode()).decode()
    for sign in (
        "evil.test",
        "<script",
        "javascript:",
        "onload",
        "onclick",
        "onerror",
        "<iframe",
        "<object",
        "refresh",
    ):
        assert sign not in quiet, sign
    for word in ("一、总体情况", "脚本链接", "外链", "自然人", "data:image/gif", "color: #333", "color:#222"):
        assert word in quiet, word


@pytest.mark.parametrize(
    "page",
    [
        "",
        "<!-- only a comment -->",
        "plain words",
        "<p>\x00\x08a\ud800b",
        "<?xml version='1.0' encoding='gb2312'?><p>字",
    ],
)
def test_any_page_can_be_shown(page: str) -> None:
    assert quieten(page).startswith(b"<!DOCTYPE html>")


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "<script>x()</script>", "<SCRIPT src=//evil.test>", "</script>", "<svg/onload=x()>", "<svg><script>x()</script>",
                '<a href=" javascript:x()">a</a>', "<iframe srcdoc='<script>x()</script>'>", "<math><mi xlink:href='javascript:x()'>",
                "<meta http-equiv=refresh content='0;url=//evil.test'>", "<table>", "<td>", "</p>", "<noscript>", "<style>",
                "@import '//evil.test';", "a{background:url(//evil.test)}", "</style>", "<img src=//evil.test onerror=x()>",
                "<form action=//evil.test>", "<base href=//evil.test>", "<!--", "-->", "<textarea>", "字", "&lt;b&gt;",
            ]
        ),
        max_size=12,
    )
)  # fmt: skip
def test_no_mixture_of_markup_gets_through(parts: list[str]) -> None:
    root = lxml.html.document_fromstring(quieten("<html><body>" + "".join(parts)).decode() or "<p>")
    for element in root.iter():
        if isinstance(element.tag, str):
            assert element.tag.rsplit(":", 1)[-1] not in ("script", "iframe", "base", "object", "embed", "link")
            assert not any(name.lower().startswith("on") for name in element.attrib)
            assert not {"href", "src", "srcdoc", "action", "xlink:href"} & {name.lower() for name in element.attrib}


def test_the_answer_forbids_what_the_markup_might_still_ask(get: Get, report_ids: dict[str, str]) -> None:
    answer = get(f"/report/{report_ids[DISPUTED]}/source/page")
    assert answer.headers["content-security-policy"] == PAGE_POLICY
    assert "sandbox" in PAGE_POLICY and "default-src 'none'" in PAGE_POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_bytes_can_be_downloaded_and_never_opened(
    get: Get, report_ids: dict[str, str], samples: ModuleType
) -> None:
    answer = get(f"/report/{report_ids[DISPUTED]}/source/bytes")
    assert answer.body == samples.body_of(DISPUTED)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")


def test_an_older_version_can_be_looked_at(get: Get, report_ids: dict[str, str], samples: ModuleType) -> None:
    url = "http://b.test/2023.html"
    versions = get(f"/report/{report_ids[url]}.json").json["versions"]
    bodies = [get(f"/report/{report_ids[url]}/source/bytes?version={v['id']}").body for v in versions]
    assert bodies == [samples.body_of(url, 2), samples.body_of(url)]
    page = get(f"/report/{report_ids[url]}/source?version={versions[-1]['id']}&cell=requests/new_received/total").text
    assert "未在此查找 一、本年新收政府信息公开申请数量 · 总计" in page, "it is not said to have been looked for"
    assert f'href="/report/{report_ids[url]}/source?cell=requests/new_received/total"' in page
    other = get(f"/report/{report_ids[DISPUTED]}/source?version={versions[0]['id']}")
    assert other.status == 404


def test_a_text_capture_is_shown_as_text(get: Get, report_ids: dict[str, str]) -> None:
    path = f"/report/{report_ids['file:xinrong.txt']}/source"
    assert "<pre" in get(path).text and "新榮區政務服務中心 2021" not in get(path + "/page").text
    assert get(path + "/page").status == 404
