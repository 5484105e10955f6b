"""Lists are read as each family writes them, traps included (portals.md 1.1, 1.5, 1.6)."""

from __future__ import annotations

import pytest

from crawler.families import FAMILIES, Entry, ListPage, Page, PageRequest, detect

TRS = "http://www.qinghe.gov.cn/zwgk/zfxxgknb/"
JCMS = "http://www.yunshan.gov.cn/col/col61490/index.html"
UCAP = "http://www.haitan.gov.cn/site/gknb/list.shtml"
HEX = "0123456789abcdef0123456789abcdef"


def read(family: str, body: str | bytes, column: str, number: int = 1, **more: object) -> ListPage:
    data = body.encode() if isinstance(body, str) else body
    url = str(more.pop("url", column))
    return FAMILIES[family].read_list(Page(url=url, body=data, column=column, number=number, **more))  # type: ignore[arg-type]


ROW = '<li><a href="./202503/t20250312_80595.html" title="清河市财政局2024年政府信息公开工作年度报告">清河市财政局2024…</a><span>2025-03-12</span></li>'


def test_trs_rows_have_the_whole_title_and_an_absolute_address() -> None:
    page = read("trs", f"<ul>{ROW}</ul><script>createPageHTML(3, 0, 'index', 'html');</script>", TRS)
    assert page.entries == (
        Entry(f"{TRS}202503/t20250312_80595.html", "清河市财政局2024年政府信息公开工作年度报告", "2025-03-12"),
    )
    assert page.pages == 3
    assert page.total is None
    assert page.next == PageRequest(f"{TRS}index_1.html", 2)


@pytest.mark.parametrize(
    ("script", "pages", "total", "following"),
    [
        ('createPageHTML(3, 0, "index", "html");', 3, None, "index_1.html"),
        ('createPage(3,0,"index","htm");', 3, None, "index_1.htm"),
        ('createPageHTML(41, 3, 0, "index", "shtml");', 3, 41, "index_1.shtml"),
        (
            'var countPage = 2//共多少页\ndocument.write("<a href=\\"index"+"_" + i + "."+"html\\">");',
            2,
            None,
            "index_1.html",
        ),
        ("", None, None, None),
    ],
)
def test_trs_paging_stands_in_a_script(
    script: str, pages: int | None, total: int | None, following: str | None
) -> None:
    page = read("trs", f"<ul>{ROW}</ul><script>{script}</script>", TRS)
    assert (page.pages, page.total) == (pages, total)
    assert page.next == (PageRequest(f"{TRS}{following}", 2) if following else None)


def test_trs_asks_for_no_page_past_the_last() -> None:
    page = read("trs", f"<ul>{ROW}</ul><script>createPageHTML(3, 2, 'index', 'html');</script>", TRS, 3)
    assert page.next is None


def test_a_stub_past_the_end_has_no_rows() -> None:
    stub = "<html><body><script>createPageHTML(3, 3, 'index', 'html');</script></body></html>"
    assert read("trs", stub, TRS, 4).entries == ()


def test_menus_and_side_lists_are_not_the_list() -> None:
    menu = '<ul class=menu><li><a href="./">政府信息公开年报</a></li></ul>'
    side = '<ul class=hot><li><a href="../x/202501/t20250101_1.html">要闻</a><span>2025-01-01</span></li></ul>'
    rows = "".join(ROW.replace("80595", str(n)) for n in (1, 2, 3))
    page = read("trs", f"<table><tr><td>{menu}{side}<ul class=l>{rows}</ul></td></tr></table>", TRS)
    assert [entry.url[-7:] for entry in page.entries] == ["_1.html", "_2.html", "_3.html"]
    assert all("zfxxgknb" in entry.url for entry in page.entries)


def test_a_list_broken_into_several_ul_stays_whole() -> None:
    parts = "".join(f"<ul class=l>{ROW.replace('80595', str(n))}</ul>" for n in range(4))
    assert len(read("trs", parts, TRS).entries) == 4


def test_rows_of_a_table_are_read_too() -> None:
    row = '<tr><td><a href="./202009/t20200903_1.html">某市2019年政府信息公开工作年度报告</a></td><td> 2020-9-3 </td></tr>'
    assert read("trs", f"<table>{row}</table>", TRS).entries[0].published == "2020-09-03"


def test_a_report_under_an_unusual_address_is_taken_by_its_title() -> None:
    rows = "".join(f'<li><a href="/{n}.pdf">某局202{n}年政府信息公开年度报告</a> 2025年1月{n}日</li>' for n in (1, 2))
    assert [e.published for e in read("trs", f"<ul>{rows}</ul>", TRS).entries] == ["2025-01-01", "2025-01-02"]


def test_gb2312_is_read_as_gb18030() -> None:
    text = f"<meta charset=gb2312><ul>{ROW.replace('清河市财政局2024年政', '䶮河市2024年政')}</ul>"
    assert "䶮河市" in read("trs", text.encode("gb18030"), TRS).entries[0].title


@pytest.mark.parametrize("declared", [b"", b"<meta charset=utf-8>", b"<meta charset=nonsense>"])
def test_a_page_that_declares_the_wrong_charset_is_read_all_the_same(declared: bytes) -> None:
    page = read("trs", declared + f"<ul>{ROW}</ul>".encode("gb18030"), TRS)
    assert page.entries[0].title.startswith("清河市财政局")


def test_a_bom_goes_before_what_the_page_declares() -> None:
    page = read("trs", b"\xef\xbb\xbf<meta charset=gb2312>" + f"<ul>{ROW}</ul>".encode(), TRS)
    assert page.entries[0].title.startswith("清河市财政局")


RECORD = (
    "<record><![CDATA[<li><a href='/art/2025/1/{0}/art_61490_{0}.html' title='云山市{0}2024年政府信息公开工作年度报告'>"
    "云山…</a><span>2025-01-{0}</span></li>]]></record>"
)
NEXT = (
    "/module/web/jpage/dataproxy.jsp?page=1&amp;col=1&amp;appid=1&amp;webid=39&amp;path=%2F&amp;columnid=61490"
    "&amp;sourceContentType=1&amp;unitid=247686&amp;webname=%E4%BA%91%E5%B1%B1&amp;permissiontype=0"
)
FORM = (
    ("col", "1"),
    ("appid", "1"),
    ("webid", "39"),
    ("path", "/"),
    ("columnid", "61490"),
    ("sourceContentType", "1"),
    ("unitid", "247686"),
    ("webname", "云山"),
    ("permissiontype", "0"),
)


def jcms_first(total: int = 19) -> str:
    records = "".join(RECORD.format(n) for n in range(10, 18))
    return f"""<html><a href="/art/2020/1/1/art_1_1.html">not a row</a><script type="text/xml"><datastore>
    <nextgroup><![CDATA[<a href="{NEXT}"></a>]]></nextgroup><totalrecord>{total}</totalrecord><totalpage>3</totalpage>
    <perpage>8</perpage><recordset>{records}</recordset></datastore></script></html>"""


def test_jcms_rows_are_read_out_of_their_script() -> None:
    page = read("jcms", jcms_first(), JCMS)
    assert len(page.entries) == 8
    assert page.entries[0] == Entry(
        "http://www.yunshan.gov.cn/art/2025/1/10/art_61490_10.html",
        "云山市102024年政府信息公开工作年度报告",
        "2025-01-10",
    )
    assert (page.total, page.pages) == (19, 3)


def test_jcms_asks_further_records_with_the_form_that_the_page_writes() -> None:
    following = read("jcms", jcms_first(), JCMS).next
    assert following == PageRequest(
        "http://www.yunshan.gov.cn/module/web/jpage/dataproxy.jsp?startrecord=9&endrecord=16&perpage=8", 2, FORM
    )


def test_jcms_goes_on_from_a_page_of_xml_with_the_form_it_was_asked_with() -> None:
    url = "http://www.yunshan.gov.cn/module/web/jpage/dataproxy.jsp?startrecord=9&endrecord=16&perpage=8"
    body = f"<datastore><totalrecord>19</totalrecord><recordset>{RECORD.format(20)}</recordset></datastore>"
    page = read("jcms", body, JCMS, 2, url=url, form=FORM)
    assert page.next is not None
    assert "startrecord=17&endrecord=24&perpage=8" in page.next.url
    assert page.next.form == FORM
    assert read("jcms", body, JCMS, 3, url=url, form=FORM).next is None


def test_jcms_empty_body_past_the_end_has_no_rows() -> None:
    empty = "<datastore><recordset>\r\n\r\n</recordset>\r\n\r\n</datastore>"
    assert read("jcms", empty, JCMS, 4, form=FORM).entries == ()


def test_ucap_pages_and_records_stand_in_one_call() -> None:
    row = f'<li><a href="/site/gknb/202501/{HEX}.shtml">海潭区教育局2024年政府信息公开工作年度报告</a><em>2025-01-20</em></li>'
    text = f"<ul>{row}</ul><script>createPageHTML('page_div',11,1,'list','shtml',154);</script>"
    page = read("ucap", text, UCAP)
    assert (page.total, page.pages) == (154, 11)
    assert page.next == PageRequest("http://www.haitan.gov.cn/site/gknb/list_2.shtml", 2)
    assert page.entries[0].url == f"http://www.haitan.gov.cn/site/gknb/202501/{HEX}.shtml"


def test_each_family_is_told_by_its_own_marks_and_none_by_a_plain_page() -> None:
    pages = {
        "trs": f"<ul>{ROW}</ul><script>createPageHTML(3, 0, 'index', 'html');</script>",
        "jcms": jcms_first(),
        "ucap": "<script>createPageHTML('page_div',11,1,'list','shtml',154);</script>",
        None: "<html><p>政府信息公开年报</p></html>",
    }
    for family, body in pages.items():
        assert detect(Page(TRS, body.encode(), TRS)) == family


@pytest.mark.parametrize(
    ("family", "markup", "expected"),
    [
        (
            "trs",
            '<div class=TRS_Editor><a href="./P020250312.pdf">附件</a><a href="./t1.html">x</a></div>',
            ["P020250312.pdf"],
        ),
        ("trs", '<div class=nav><a href="/form.doc">申请表</a></div><div class=TRS_Editor>x</div>', []),
        (
            "jcms",
            '<div id="zoom"><a href="/module/download/downfile.jsp?classid=0&amp;filename=a.doc">附件</a></div>',
            ["/module/download/downfile.jsp?classid=0&filename=a.doc"],
        ),
        (
            "ucap",
            '<div id="zoomcon"><a href="javascript:x()">x</a><a href="./files/1.XLSX">附件</a></div>',
            ["files/1.XLSX"],
        ),
    ],
)
def test_attachments_are_those_of_the_article(family: str, markup: str, expected: list[str]) -> None:
    base = "http://www.qinghe.gov.cn/"
    found = FAMILIES[family].attachments(Page(base, markup.encode(), base))
    assert list(found) == [base + path.removeprefix("/") for path in expected]


def test_an_address_is_written_as_it_will_be_asked() -> None:
    row = '<li><a href="./202503/年报 t20250312_1.html#top">某局2024年政府信息公开年度报告</a>2025-03-12</li>'
    (entry,) = read("trs", f"<ul>{row}</ul>", TRS).entries
    assert entry.url == f"{TRS}202503/%E5%B9%B4%E6%8A%A5%20t20250312_1.html"
