"""Lists are read as each family writes them, traps included (portals.md 1.1, 1.5, 1.6)."""

from __future__ import annotations

import json

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


def test_trs_asks_for_no_page_where_the_first_holds_all_the_rows_it_states() -> None:
    rows = "".join(ROW.replace("80595", str(n)) for n in range(20))
    sliced = f"<ul>{rows}</ul><script>createPageHTML(20,2,0,'index','html');</script>"
    assert read("trs", sliced, TRS).next is None
    assert read("trs", sliced.replace("(20,", "(21,"), TRS).next == PageRequest(f"{TRS}index_1.html", 2)


def test_trs_that_counts_from_one_is_told_by_its_index_1_which_is_page_one_again() -> None:
    page = "<ul>{}</ul><script>createPageHTML(3, {}, 'index', 'html');</script>"
    again = read("trs", page.format(ROW, 0), TRS, 2, url=f"{TRS}index_1.html")
    assert again.next == PageRequest(f"{TRS}index_2.html", 2)
    second = read("trs", page.format(ROW.replace("80595", "1"), 1), TRS, 2, url=f"{TRS}index_2.html")
    assert second.next == PageRequest(f"{TRS}index_3.html", 3)
    assert read("trs", page.format(ROW, 2), TRS, 3, url=f"{TRS}index_3.html").next is None


def test_trs_rows_that_only_a_script_writes_are_read() -> None:
    written = ROW.replace('"', '\\"').replace("/", "\\/")
    page = read("trs", f'<ul><script>document.writeln("{written}");</script></ul>', TRS)
    assert page.entries == read("trs", f"<ul>{ROW}</ul>", TRS).entries != ()


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
        "http://www.yunshan.gov.cn/module/web/jpage/dataproxy.jsp?page=2&startrecord=9&endrecord=16&perpage=8", 2, FORM
    )


def test_jcms_goes_on_from_a_page_of_xml_with_the_form_it_was_asked_with() -> None:
    url = "http://www.yunshan.gov.cn/module/web/jpage/dataproxy.jsp?startrecord=9&endrecord=16&perpage=8"
    records = "".join(RECORD.format(n) for n in range(18, 26))
    body = f"<datastore><totalrecord>19</totalrecord><recordset>{records}</recordset></datastore>"
    page = read("jcms", body, JCMS, 2, url=url, form=FORM, seen=8)
    assert page.next is not None
    assert page.next.url.endswith("page=3&startrecord=17&endrecord=24&perpage=8")
    assert page.next.form == FORM
    last = f"<datastore><totalrecord>19</totalrecord><recordset>{RECORD.format(30)}</recordset></datastore>"
    assert read("jcms", last, JCMS, 3, url=url, form=FORM, seen=18).next is None


def test_jcms_takes_no_full_page_for_the_last_because_totals_are_capped() -> None:
    page = read("jcms", jcms_first(total=8), JCMS)
    assert page.next is not None
    assert "startrecord=9" in page.next.url
    assert read("jcms", jcms_first(total=8).replace("<perpage>8", "<perpage>9"), JCMS).next is None


def test_jcms_asks_for_no_more_records_at_once_than_the_proxy_sends() -> None:
    page = read("jcms", jcms_first(total=900).replace("<perpage>8", "<perpage>1000"), JCMS)
    assert page.next is not None
    assert page.next.url.endswith("startrecord=9&endrecord=308&perpage=300")


def test_the_older_jcms_module_is_asked_by_page_number_without_a_form() -> None:
    old = "/module/jpage/dataproxy.jsp?page=1&amp;appid=1&amp;webid=39&amp;columnid=61490&amp;unitid=247686"
    page = read("jcms", jcms_first().replace(NEXT, old), JCMS)
    asked = "http://www.yunshan.gov.cn/module/jpage/dataproxy.jsp?page={}&appid=1&webid=39&columnid=61490&unitid=247686"
    assert page.next == PageRequest(asked.format(2), 2)
    body = f"<datastore><totalrecord>19</totalrecord><recordset>{RECORD.format(20)}</recordset></datastore>"
    assert read("jcms", body, JCMS, 2, url=asked.format(2), seen=8).next == PageRequest(asked.format(3), 3)


def test_an_empty_jcms_store_counts_nothing_and_the_rows_of_the_page_do() -> None:
    row = '<li><a href="/art/2025/1/9/art_1_9.html">某市2024年政府信息公开工作年度报告</a><span>2025-01-09</span></li>'
    store = "<datastore><totalrecord>0</totalrecord><recordset></recordset></datastore>"
    page = read("jcms", f'<script type="text/xml">{store}</script><ul>{row}</ul><p>共 1 条</p>', JCMS)
    assert (len(page.entries), page.total, page.next) == (1, 1, None)


def test_the_years_of_the_jcms_annual_report_page_are_lists_of_one_column() -> None:
    column = "http://www.lishui.gov.cn/module/xxgk/xxgkAnnualReport.jsp?fbtime=2017&area=113325000026455663"
    years = '<select name="fbtime"><option value="2017"/><option value="2016"/><option value="">全部</option></select>'
    row = (
        '<li><a href="/art/2018/3/1/art_1_7.html">丽水市2017年政府信息公开工作年度报告</a><span>2018-03-01</span></li>'
    )
    page = read("jcms", f"{years}<ul>{row}</ul>", column)
    assert len(page.entries) == 1
    assert page.lists == (PageRequest(column.replace("2017", "2016"), 1),)


def test_jcms_empty_body_past_the_end_has_no_rows() -> None:
    empty = "<datastore><recordset>\r\n\r\n</recordset>\r\n\r\n</datastore>"
    past = read("jcms", empty, JCMS, 4, form=FORM)
    assert (past.entries, past.past_end) == ((), True)


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
        "trs_fujian": FUJIAN_LIST.format(20) + "<div class=TRS_Editor>",
        "nfcms": "<script>window.NFCMS_SITE_ID=2</script>",
        "gkmlpt": "<script>window._CONFIG = {NFCMS_SITE_ID:1}</script><script src=/gkmlpt/static/app.js></script>",
        "jpaas": "<div url='/api-gateway/jpaas-publish-server/front/page/build/unit'>",
        "truecms": "<script>x('/truecms/messageController/getMessage.do')</script>",
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


FUJIAN = "http://www.pingtan.gov.cn/jhtml/cn/8423"
FUJIAN_LIST = """<meta name="ChnlId" content="1813"><dl><dd><a href="./202103/t20210305_80595.htm" title="某局2020年政府信息公开年度报告">
某局…</a></dd><dd>2021-03-05</dd></dl><dl><dd><a href="http://www-pingtan-gov-cn.x1e49967083868.ipv6best.cn/a/t20210304_80594.htm">
某区2020年政府信息公开年度报告</a></dd><dd>2021-03-04</dd></dl><script>listModel({{quickMode:"动静结合", maxStaticIndex:1,
listArgs:{{channelid: SiteInfo.searchId /*200210*/, classsql:"chnlid=1813", sortfield:"-docorderpri,-docreltime"}},
pagebar:{{prepage:10, recordCount:'{}', pgCountMode:"recordCount"}}}});</script>"""


def test_fujian_takes_dates_beside_links_and_no_link_to_a_mirror() -> None:
    page = read("trs_fujian", FUJIAN_LIST.format(1), FUJIAN)
    assert [(entry.url, entry.published) for entry in page.entries] == [
        ("http://www.pingtan.gov.cn/jhtml/cn/202103/t20210305_80595.htm", "2021-03-05")
    ]
    assert (page.total, page.next) == (1, None)


def test_fujian_asks_its_search_as_the_page_does_and_reads_what_it_answers() -> None:
    asked = read("trs_fujian", FUJIAN_LIST.format(20), FUJIAN).next
    assert asked is not None
    assert asked.url == "http://www.pingtan.gov.cn/fjdzapp/search"
    assert dict(asked.form) == {
        "channelid": "200210",
        "classsql": "chnlid=1813",
        "sortfield": "-docorderpri,-docreltime",
        "page": "1",
        "prepage": "500",
    }
    assert dict(asked.headers)["Referer"] == FUJIAN
    row = {
        "docpuburl": "http://www.pingtan.gov.cn/a/P1.pdf",
        "doctitle": "某局&#8226;2020年年报",
        "pubdate": "2021-03-05 10:00",
    }
    other = row | {"docpuburl": "http://www.pingtan.gov.cn/b/t20210101_1.htm", "chnlid": "7"}
    body = json.dumps({"pageCount": 2, "data": [row | {"chnlid": "1813"}, other]})
    page = read("trs_fujian", body, FUJIAN, 2, url=asked.url, form=asked.form)
    assert page.entries == (Entry("http://www.pingtan.gov.cn/a/P1.pdf", "某局•2020年年报", "2021-03-05"),)
    assert page.next is not None
    assert dict(page.next.form)["page"] == "2"
    assert read("trs_fujian", "ok", FUJIAN, 2, url=asked.url, form=asked.form) == ListPage(entries=())


def test_nfcms_counts_pages_from_one_and_knows_those_for_telephones() -> None:
    column = "http://www.haizhu.gov.cn/zwgk/zfxxgknb/jd/index.html"
    row = '<li><a href="/zwgk/zfxxgknb/jd/content/mpost_9.html">某街道2022年政府信息公开年报</a><i>2023-01-09</i></li>'
    pager = '<a href="index.html">首页</a><a href="index_2.html">下一页</a><a href="index_5.html">尾页</a><a href="../x/index_9.html">x</a>'
    page = read("nfcms", f"<script>window.NFCMS_SITE_ID=2</script><ul>{row}</ul>{pager} 共 41 条", column)
    assert page.entries[0].url == "http://www.haizhu.gov.cn/zwgk/zfxxgknb/jd/content/post_9.html"
    assert (page.total, page.pages) == (41, 5)
    assert page.next == PageRequest("http://www.haizhu.gov.cn/zwgk/zfxxgknb/jd/index_2.html", 2)
    assert read("nfcms", f"<ul>{row}</ul>{pager}", column, 5).next is None


GKMLPT = "http://www.zhaoqing.gov.cn/gkmlpt/index"


def test_gkmlpt_reads_every_node_of_annual_reports_and_those_below_it() -> None:
    tree = [
        {"id": 1, "name": "指南", "children": [{"id": 2, "name": "制度", "children": []}]},
        {"id": 3, "name": "政府信息公开年报", "children": [{"id": 4, "name": "2023", "children": []}]},
    ]
    index = (
        f"<script>window._CONFIG = {{SID:'758001', TREE:{json.dumps(tree, ensure_ascii=False)}, X:1}};</script>gkmlpt"
    )
    page = read("gkmlpt", index, GKMLPT)
    api = "http://www.zhaoqing.gov.cn/gkmlpt/api/all/{}?page=1&sid=758001"
    assert page.lists == (PageRequest(api.format(3), 1), PageRequest(api.format(4), 1))
    assert read("gkmlpt", index.replace("年报", "目录"), GKMLPT) == ListPage(entries=())


def test_gkmlpt_asks_on_only_while_the_total_is_not_met() -> None:
    api = "http://www.zhaoqing.gov.cn/gkmlpt/api/all/3?page=1&sid=758001"
    article = {
        "title": "某区%u8D22政局2023年年报",
        "url": "http://www.zhaoqing.gov.cn/gkmlpt/content/2/9/post_9.html",
        "date": 1706632200,
    }
    answer = {"classify": {"post_count": 2}, "total": 1, "articles": [article]}
    page = read("gkmlpt", json.dumps(answer), api, url=api)
    assert page.entries == (Entry(article["url"], "某区财政局2023年年报", "2024-01-31"),)
    assert page.total == 2  # `total` is capped
    assert page.next == PageRequest(api.replace("page=1", "page=2"), 2)
    assert read("gkmlpt", json.dumps(answer | {"classify": {}}), api, url=api).next is None
    assert read("gkmlpt", "<html>404</html>", api, 2, url=api) == ListPage(entries=())


def test_files_of_a_gkmlpt_article_are_found_in_its_script() -> None:
    content = json.dumps({"content": '<a class="nfw-cms-attachment" href="/attachment/0/1/2/3.pdf">x</a>'}).replace(
        "<", "\\u003C"
    )
    markup = f"<script>window._CONFIG = {{DETAIL: {content}}};</script>"
    found = FAMILIES["gkmlpt"].attachments(Page(GKMLPT, markup.encode(), GKMLPT))
    assert found == ("http://www.zhaoqing.gov.cn/attachment/0/1/2/3.pdf",)


JPAAS = "http://www.lishui.gov.cn/col/col1229216401/index.html"
GATEWAY = "http://www.lishui.gov.cn/api-gateway/jpaas-publish-server/front/page/build/unit"


def test_jpaas_is_asked_with_its_query_data_and_param_json() -> None:
    row = f'<li><a href="//www.lishui.gov.cn/art/2024/art_{HEX}.html">某局2023年政府信息公开工作年度报告</a>2024-01-30</li>'
    unit = f'<ul>{row}</ul><div class="pagination" rows=15 count=2></div>'
    shell = """<div url="/api-gateway/jpaas-publish-server/front/page/build/unit" queryData="{'webId':'3185','parseType':'bulidstatic'}">%s</div>"""
    page = read("jpaas", shell % unit, JPAAS)
    asked = (
        f"{GATEWAY}?webId=3185&parseType=bulidstatic&paramJson=%7B%22pageNo%22%3A{{}}%2C%22pageSize%22%3A%2215%22%7D"
    )
    assert (page.total, page.next) == (2, PageRequest(asked.format(2), 2))
    assert page.entries[0].url == f"http://www.lishui.gov.cn/art/2024/art_{HEX}.html"
    assert read("jpaas", shell % "", JPAAS).next == PageRequest(asked.format(1), 2)
    answer = json.dumps({"success": True, "data": {"html": unit.replace("count=2", "count=40")}})
    third = read("jpaas", answer, JPAAS, 2, url=asked.format(2), seen=15)
    assert third.next == PageRequest(asked.format(3), 3)
    assert read("jpaas", answer, JPAAS, 3, url=asked.format(3), seen=39).next is None


def test_truecms_is_asked_by_records_with_a_referer_and_never_for_more_than_its_page_asks() -> None:
    column = "http://www.nantong.gov.cn/ntsrmzf/ndbg/ndbg.html"
    script = '$.ajax({url:"/truecms/messageController/getMessage.do?startrecord=1&endrecord=2&perpage=2&columnId=7&callback=cb"})'
    asked = read("truecms", f"<script>{script}</script>", column).next
    messages = "http://www.nantong.gov.cn/truecms/messageController/getMessage.do"
    assert asked == PageRequest(
        f"{messages}?startrecord=1&endrecord=2&perpage=2&columnId=7&callback=cb", 2, headers=(("Referer", column),)
    )
    xml = f"<datastore><totalrecord>3</totalrecord><recordset>{RECORD.format(10)}{RECORD.format(11)}</recordset></datastore>"
    page = read("truecms", f"cb({json.dumps({'result': xml})})", column, 2, url=asked.url)
    assert (len(page.entries), page.total) == (2, 3)
    assert page.next is not None
    assert "startrecord=3&endrecord=4&perpage=2" in page.next.url
    assert page.next.headers == asked.headers
    assert read("truecms", "", column, 2, url=asked.url) == ListPage(entries=())


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(
    "body", ["", "{", "[]", "null", "cb()", '{"data": 7, "articles": {}}', "<html></html>", "\0\ud7ff"]
)
def test_what_is_no_list_gives_no_rows_and_no_error(family: str, body: str) -> None:
    for url in (TRS, f"{GATEWAY}?paramJson=7", "http://a.gov.cn/gkmlpt/api/all/3?page=1"):
        for form in ((), (("page", "1"),)):
            assert read(family, body, TRS, 2, url=url, form=form).entries == ()


@pytest.mark.parametrize("charset", ["utf-8", "gb18030", "big5", "utf-16"])
def test_an_attachment_is_seen_in_every_charset_and_case(charset: str) -> None:
    markup = f"<meta charset={charset}><div class=TRS_Editor><A HREF = './Nb.PDF'>年報</A></div>"
    page = Page(TRS, markup.encode(charset), TRS, content_type=f"text/html; charset={charset}")
    assert FAMILIES["trs"].attachments(page) == (TRS.rpartition("/")[0] + "/Nb.PDF",)


def test_the_charset_of_an_article_is_that_of_the_whole_page() -> None:
    link = '<div id="zoom"><a href="年報.pdf">x</a></div>'
    # it says GBK and is not: that shows behind the link alone
    for body in (f"<meta charset=gbk>{link}<p>中</p>".encode(), f"{link}<meta charset=big5>".encode("big5")):
        (found,) = FAMILIES["trs"].attachments(Page(TRS, body, TRS))
        assert found.endswith("/%E5%B9%B4%E5%A0%B1.pdf")


def test_a_page_of_quotes_left_open_is_searched_in_one_go() -> None:
    assert FAMILIES["trs"].attachments(Page(TRS, b'href="' * 40_000 + b"href='" * 40_000, TRS)) == ()


def test_a_file_in_place_of_an_article_is_not_searched_for_attachments() -> None:
    body = b'%PDF-1.4\n<div id="zoom"><a href="/a.pdf">a</a></div>'
    assert all(family.attachments(Page(TRS, body, TRS)) == () for family in FAMILIES.values())


@pytest.mark.parametrize(
    ("markup", "found"),
    [
        ('<div id="zoom"><a href="附件 1.pdf">x</a></div>', ["%E9%99%84%E4%BB%B6%201.pdf"]),
        ('<div id="zoom"><p><a title="a > b" href="x.pdf" class="c > d">x</a></p></div><p>y', ["x.pdf"]),
        ('<div id="zoom"><a href="x.pdf">x', ["x.pdf"]),
        ('<div id="zoom"><div class="fj big"><a href="x.PDF">x</a></div><a href="y.doc">y</a></div>', ["x.PDF", "y.doc"]),
        ('<div id="zoom"><p>x</p></div><div class="footer"><a href="guide.pdf">x</a></div>', []),
        ('<a href="guide.pdf">x</a><div id="zoom"><a href="x.pdf">x</a></div><a href="form.doc">y</a>', ["x.pdf"]),
        ('<!-- <div id="zoom"><a href="x.pdf">x</a></div> --><p>x</p>', []),
        ('<p><a class="fj" href="x.pdf">x</a> <a id="zoom" href="y.pdf">y</a></p>', ["x.pdf", "y.pdf"]),
        ("""<div id="zoom"><a href="x.pdf" title="<b>x</a>" onclick='go("<a>z</a>")'>x</a></div>""", ["x.pdf"]),
        ("""<div id="zoom"><a href="x.pdf" title="<a href='/1.pdf'>f</a>">x</a></div>""", ["x.pdf"]),
        ("""<div id="zoom"><a href="x.pdf" title='<a href="/1.pdf">f</a>'>x</a></div>""", ["x.pdf"]),
        ('<div id="zoom"><a href="x.pdf">x</a><a href="y&#46;pdf">y</a><a href="z.p\ndf">z</a></div>', ["x.pdf", "y.pdf", "z.pdf"]),
        ('<div id="zoom"><a href="x.pdf">x</a><a href="y>z.pdf">y</a></div>', ["x.pdf", "y%3Ez.pdf"]),
    ],
    ids=[
        "blank", "signs", "unclosed", "nested", "outside", "between", "comment", "itself", "closed-in-title", "linked-in-title",
        "linked-in-quotes", "references", "greater",
    ],
)  # fmt: skip
def test_what_an_article_attaches_stands_in_its_containers(markup: str, found: list[str]) -> None:
    base = TRS.rpartition("/")[0] + "/"
    for charset in ("utf-8", "gb18030", "utf-16"):
        page = Page(TRS, f'<meta charset="{charset}">{markup}'.encode(charset), TRS, content_type=f"charset={charset}")
        assert list(FAMILIES["trs"].attachments(page)) == [base + name for name in found], charset
