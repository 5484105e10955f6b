"""Rules on the narrative: last year's text, another body's, places of elsewhere, stated growth, printed parts."""

from __future__ import annotations

import json

import pytest
from made_archive import FORM_2019, Maker, prose

from archive.crosschecks.growth import read_statements
from archive.crosschecks.printed_parts import read_parts

OTHER = {"issuer": "宜宾市翠屏区教育局", "place": ("511502", "四川省宜宾市翠屏区")}


def text(*sentences: str) -> str:
    return "".join(f"{sentence}。" for sentence in sentences)


def mixed(own: int, last: int, share: float, count: int = 40) -> str:
    """Return a text of which a share of the sentences is that of `last`."""
    taken = round(count * share)
    return text(*prose(last, count)[:taken], *prose(own, count)[taken:])


@pytest.mark.parametrize(
    ("share", "status"), [(1.0, "fail"), (0.9, "fail"), (0.6, "fail"), (0.45, "pass"), (0.0, "pass")]
)
def test_a_text_more_than_half_of_last_year_s_is_repeated(make: Maker, share, status) -> None:
    make.put(2022, text=text(*prose(2022, 40)))
    make.put(2023, text=mixed(2023, 2022, share))
    make.check()
    assert (2023, "narrative", status) in make.outcomes("D2")


def test_years_numerals_and_own_names_do_not_make_a_text_another(make: Maker) -> None:
    for year, count, name in ((2022, 12, "新华区民政局"), (2023, 345, "平顶山市新华区民政局")):
        make.put(year, text=text(*(f"{year}年，{name}{s}，共{count}次" for s in prose(1))))
    make.check()
    assert (2023, "narrative") in make.failures("D2")


def test_a_few_words_changed_in_each_sentence_do_not_make_a_text_another(make: Maker) -> None:
    make.put(2022, text=text(*prose(1)))
    make.put(2023, text=text(*(s.replace("领域", "方面") for s in prose(1))))
    make.check()
    assert (2023, "narrative") in make.failures("D2")


def test_set_phrases_alone_are_no_repetition(make: Maker) -> None:
    phrases = [
        "2023年，我局共收到政府信息公开申请12件，均已办结",
        "全年未发生因政府信息公开工作被申请行政复议、提起行政诉讼的情况",
        "本年度没有收取政府信息公开信息处理费",
        "根据《中华人民共和国政府信息公开条例》的要求编制本报告",
        "本报告中所列数据的统计期限自2023年1月1日起至12月31日止",
        "除上述情况外，无其他需要报告的事项",
    ]
    for year in (2022, 2023):
        make.put(year, text=text(*phrases, *prose(year, 6)))
    make.check()
    assert make.failures("D2") == []


def test_a_text_too_short_to_tell_is_not_assessable(make: Maker) -> None:
    for year in (2022, 2023):
        make.put(year, text="本年度主动公开政府信息若干条，均按时公开。")
    make.check()
    assert make.outcomes("D2") == [(2023, "narrative", "not_assessable")]


def test_a_section_that_is_last_year_s_is_shown_by_itself(make: Maker) -> None:
    make.put(2022, text={1: text(*prose(2022)), 5: text(*prose(5, 12))})
    make.put(2023, text={1: text(*prose(2023)), 5: text(*prose(5, 12))})
    make.check()
    assert make.failures("D2") == [(2023, "section.5")]
    (evidence,) = make.archive.db.execute("SELECT evidence FROM cross_check WHERE within = 'section.5'").fetchone()
    assert json.loads(evidence)["share_of_sentences"] == 1.0
    assert json.loads(evidence)["sentences"]


def test_a_section_as_long_as_real_ones_is_long_enough(make: Maker) -> None:
    # section five of the real captures has 90 to 310 characters
    problems = text(*(sentence[:22] for sentence in prose(5, 8)))
    assert 150 < len(problems) < 220
    for year in (2022, 2023):
        make.put(year, text={1: text(*prose(year)), 5: problems})
    make.check()
    assert make.failures("D2") == [(2023, "section.5")]


# -- other bodies ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("share", "found"), [(1.0, True), (0.6, True), (0.45, False)])
def test_a_text_more_than_half_of_another_body_s_is_a_copy(make: Maker, share, found) -> None:
    make.put(2023, text=text(*prose(7, 40)), published="2024-01-10", **OTHER)
    make.put(2023, text=mixed(2023, 7, share), published="2024-01-20")
    make.check()
    assert make.failures("E4") == ([(2023, "narrative")] if found else [])
    if found:
        row = make.archive.db.execute(
            """SELECT a.name, b.name, c.message FROM cross_check c JOIN unit a ON a.id = c.unit_id JOIN unit b ON b.id = c.other_unit_id
               WHERE c.rule = 'E4' AND c.status = 'fail'"""
        ).fetchone()
        assert "新华区" in row[0], "the later one is the copy"
        assert "翠屏区" in row[1] and "翠屏区" in row[2]


def test_a_copy_that_arrives_before_its_source_is_found_when_that_comes(make: Maker) -> None:
    make.put(2023, text=text(*prose(7)))
    make.check()
    assert make.failures("E4") == []
    make.put(2022, text=text(*prose(7)), **OTHER)
    make.check()
    assert make.failures("E4") == [(2023, "narrative")]
    assert make.check(everything=True).changed == 0


def test_a_body_that_goes_on_with_its_own_text_copies_nobody(make: Maker) -> None:
    for year in (2021, 2022):
        make.put(year, text=text(*prose(7)))
    make.put(2021, text=text(*prose(7)), published="2022-03-01", **OTHER)
    make.check()
    rows = make.archive.db.execute(
        "SELECT u.name FROM cross_check c JOIN unit u ON u.id = c.unit_id WHERE rule = 'E4' AND status = 'fail'"
    ).fetchall()
    assert ["翠屏区" in row[0] for row in rows] == [True]


def test_a_bureau_under_its_new_name_copies_nobody(make: Maker) -> None:
    make.put(2018, text=text(*prose(7)), issuer="平顶山市新华区环境保护局", forms={"statistics": "statistics-2014"})
    make.put(2019, text=text(*prose(7)), issuer="平顶山市新华区生态环境局", forms=FORM_2019)
    make.check()
    assert make.failures("E4") == []
    assert (2019, "narrative") in make.failures("D2")


def put_section(make: Maker, pasted: str, *, own: int, **body) -> None:
    make.put(2023, text={1: text(*prose(own, 40)), 5: pasted}, **body)


@pytest.mark.parametrize("sentences", [prose(5, 10), [sentence[:22] for sentence in prose(5, 8)]])
def test_a_section_that_is_another_body_s_is_found_though_the_rest_is_not(make: Maker, sentences) -> None:
    put_section(make, text(*sentences), own=1, published="2024-01-10", **OTHER)
    put_section(make, text(*sentences), own=2, published="2024-01-20")
    make.check()
    assert make.outcomes("E4") == [
        (2023, "narrative", "pass"),
        (2023, "narrative", "pass"),
        (2023, "section.5", "fail"),
    ]
    unit, other, message, evidence = make.archive.db.execute(
        """SELECT a.name, b.name, c.message, c.evidence FROM cross_check c JOIN unit a ON a.id = c.unit_id
           JOIN unit b ON b.id = c.other_unit_id WHERE c.rule = 'E4' AND c.status = 'fail'"""
    ).fetchone()
    assert "新华区" in unit, "the later one is the copy"
    assert "翠屏区" in other
    assert message.startswith("section 5: 100% of its sentences are those of")
    assert json.loads(evidence)["sentences"]


def test_a_section_stands_under_another_number_in_the_report_it_is_from(make: Maker) -> None:
    pasted = text(*prose(5, 10))
    make.put(2022, text={1: text(*prose(1, 40)), 2: pasted}, **OTHER)
    put_section(make, pasted, own=2)
    make.check()
    assert make.failures("E4") == [(2023, "section.5")]


@pytest.mark.parametrize(
    ("pasted", "own"),
    [
        (text(*prose(5, 4)), ()),  # four sentences are too few
        (text(*(sentence[:12] for sentence in prose(5, 8))), ()),  # eight short ones too short
        (text(*prose(5, 7)), prose(6, 3)),  # and seven of ten no more than chance, orders and habit may bring together
    ],
)
def test_a_short_section_or_one_partly_alike_is_no_copy(make: Maker, pasted, own) -> None:
    put_section(make, pasted + text(*prose(7, len(own))), own=1, **OTHER)
    put_section(make, pasted + text(*own), own=2)
    make.check()
    assert make.failures("E4") == []


def test_a_section_of_set_phrases_is_no_copy(make: Maker) -> None:
    phrases = text(
        "2023年共收到政府信息公开申请12件，均已在法定期限内办结",
        "全年未发生因政府信息公开工作被申请行政复议、提起行政诉讼的情况",
        "本年度没有收取政府信息公开信息处理费",
        "根据《中华人民共和国政府信息公开条例》的要求编制本报告",
        "本报告中所列数据的统计期限自2023年1月1日起至12月31日止",
        "本报告的电子版可在门户网站查阅，联系电话见指南",
        "除上述情况外，无其他需要报告的事项",
    )
    put_section(make, phrases, own=1, **OTHER)
    put_section(make, phrases, own=2)
    make.check()
    assert make.failures("E4") == []


def test_a_section_handed_down_to_the_bodies_of_one_place_is_no_copy(make: Maker) -> None:
    put_section(make, text(*prose(5, 10)), own=1, issuer="平顶山市新华区教育局")
    put_section(make, text(*prose(5, 10)), own=2)
    make.check()
    assert make.failures("E4") == []


def test_a_section_that_is_one_s_own_of_last_year_is_nobody_else_s(make: Maker) -> None:
    pasted = text(*prose(5, 10))
    make.put(2022, text={1: text(*prose(3, 40)), 5: pasted})
    make.put(2022, text={1: text(*prose(4, 40)), 5: pasted}, published="2023-06-01", **OTHER)
    put_section(make, pasted, own=2)
    make.check()
    rows = make.archive.db.execute(
        "SELECT u.name, report_year FROM cross_check c JOIN unit u ON u.id = c.unit_id WHERE rule = 'E4' AND status = 'fail'"
    ).fetchall()
    assert [("翠屏区" in name, year) for name, year in rows] == [(True, 2022)]


def test_a_section_changed_or_copied_later_is_found_bit_by_bit_as_all_at_once(make: Maker) -> None:
    pasted = text(*prose(5, 10))
    put_section(make, pasted, own=2)
    make.check()
    make.put(2022, text={1: text(*prose(1, 40)), 5: pasted}, **OTHER)
    make.check()
    assert make.failures("E4") == [(2023, "section.5")]
    assert make.check(everything=True).changed == 0
    make.put(2022, text={1: text(*prose(1, 40)), 5: text(*prose(8, 10))}, **OTHER)
    make.check()
    assert make.failures("E4") == []
    assert make.check(everything=True).changed == 0
    shown = {row[0] for row in make.archive.db.execute("SELECT reading_id FROM shown_reading")}
    sketched = make.archive.db.execute("SELECT reading_id, within FROM narrative_sketch").fetchall()
    assert {row[0] for row in sketched} == shown
    assert {row[1] for row in sketched} == {"narrative", "section.1", "section.5"}


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("宜宾市政务公开领导小组多次召开专题会", True),
        ("严格落实《江苏省政府信息公开申请办理答复规范》", True),
        ("我局组织人员赴宜宾市学习考察政务公开工作", False),
        ("借鉴江苏省南京市鼓楼区的做法", False),
        ("在平顶山市和河南省的指导下开展工作", False),
        ("老城区改造信息和新城区规划信息及时公开", False),
        ("卫东区政务公开工作稳步推进", True),
        ("申请人多来自宜宾市", False),
        ("浚县政务公开领导小组多次召开专题会", True),
        ("加强对和县级部门的沟通，推进健康县城建设，对应县区逐一反馈", False),
        ("分管政务公开的萧县长多次主持专题会", False),
        ("叶县政务公开工作稳步推进", False),  # 茶叶县: not looked for
    ],
)
def test_a_place_of_elsewhere_is_found_unless_the_sentence_says_why(make: Maker, sentence, found) -> None:
    make.put(2023, text=text(*prose(1), sentence))
    make.check()
    assert make.failures("E4") == ([(2023, "section.1")] if found else [])


def test_a_city_may_name_its_districts_and_what_its_place_was_called(make: Maker) -> None:
    make.put(2023, issuer="淮安市人民政府", place=("320800", "江苏省淮安市"), text="洪泽区、洪泽县和淮阴区稳步推进。")
    make.put(2023, issuer="洪泽区人民政府", place=("320813", "江苏省淮安市洪泽区"), text="原洪泽县各部门稳步推进。")
    make.check()
    assert make.failures("E4") == []


# -- stated growth --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "status"),
    [
        ("全年共收到政府信息公开申请150件，同比增长50%", "pass"),
        ("全年共收到政府信息公开申请150件，同比增长50.4%", "fail"),
        ("全年共收到政府信息公开申请150件，同比下降50%", "fail"),
        ("全年共收到政府信息公开申请150件，较上年增加50件", "pass"),
        ("全年共收到政府信息公开申请150件，较上年增加49件", "fail"),
        ("新收政府信息公开申请同比增长50.0%", "pass"),
        ("政府信息公开申请数量比上年增长50%", "pass"),
        ("政府信息公开申请数量比上年增长60%", "fail"),
        ("全年共收办政府信息公开申请160件，同比增长45.45%", "pass"),
        ("全年共收到政府信息公开申请160件，同比增长45.45%", "pass"),
        ("全年共收到政府信息公开申请170件，同比增长50%", "not_assessable"),
        ("网站访问量同比增长30%", None),
        ("区政府办共收到政府信息公开申请17件，同比增长30%", None),
        ("收到政府信息公开申请150件，主动公开网站信息300条，同比增长3%", None),
    ],
)
def test_stated_growth_is_held_against_the_figures_that_its_words_mean(make: Maker, sentence, status) -> None:
    make.put(2022, {"new_received.total": 100, "carried_in.total": 10})
    make.put(2023, {"new_received.total": 150, "carried_in.total": 10}, text=text(sentence))
    make.check()
    outcomes = {row[2] for row in make.outcomes("D4") if row[0] == 2023}
    assert outcomes == ({status} if status else set())


def test_growth_is_rounded_or_cut_off_at_the_last_digit_printed(make: Maker) -> None:
    make.put(2022, {"new_received.total": 300})
    make.put(2023, {"new_received.total": 302}, text="收到政府信息公开申请302件，同比增长0.66%。")  # 0.6667
    make.put(2024, {"new_received.total": 304}, text="收到政府信息公开申请304件，同比增长0.68%。")  # 0.6623
    make.check()
    assert make.failures("D4") == [(2024, "new_received.total")]


def test_growth_from_nought_or_without_last_year_is_not_assessable(make: Maker) -> None:
    make.put(2022, text="收到政府信息公开申请5件，同比增长5%。")
    make.put(2023, {"new_received.total": 5}, text="收到政府信息公开申请5件，同比增长100%。")
    make.check()
    assert {row[2] for row in make.outcomes("D4")} == {"not_assessable"}


def test_what_grew_is_the_nearest_thing_named_before() -> None:
    found = list(read_statements("收到申请3件，同比增长2%，行政许可9件，同比下降10%；发布信息8条，同比增长5%。"))
    assert [(s.quantity.within, s.number, s.growth) for s in found] == [
        ("new_received.total", 3, 2),
        ("administrative_licensing.decisions", 9, -10),
        ("", 8, 5),
    ]


# -- parts in the text ----------------------------------------------------------------------------------------------

CITY = {"issuer": "宿迁市人民政府", "place": ("321300", "江苏省宿迁市")}
PARTS = (
    "全市共收办政府信息公开申请{total}件，其中市政府349件、市各部门933件、沭阳县{shuyang}件、泗阳县301件、泗洪县874件。"
)


@pytest.mark.parametrize(
    ("shuyang", "status"),
    [(477, "pass"), (573, "pass"), (478, "fail"), (9999, "fail")],
)
def test_parts_in_the_text_make_the_table_s_figure(make: Maker, shuyang, status) -> None:
    make.put(
        2023,
        {"new_received.total": 2934, "carried_in.total": 96},
        text=PARTS.format(total=2934, shuyang=shuyang),
        **CITY,
    )
    make.check()
    assert make.outcomes("E3") == [(2023, "requests.new_received.total", status)]


def test_a_list_that_leaves_bodies_out_fails_only_where_it_comes_to_more(make: Maker) -> None:
    make.put(2023, issuer="沭阳县人民政府", place=("321322", "江苏省宿迁市沭阳县"))
    some = "收办申请较多的有泗阳县301件、泗洪县874件、宿豫区100件。"
    make.put(2023, {"new_received.total": 2934}, text=some, **CITY)
    make.check()
    assert make.outcomes("E3") == [(2023, "requests.new_received.total", "not_assessable")]


def test_outcomes_are_not_taken_for_parts() -> None:
    assert list(read_parts("全年收到申请10件，其中予以公开3件、部分公开4件、不予公开3件。")) == []
    (printed,) = read_parts(PARTS.format(total=2934, shuyang=477))
    assert [number for _, number in printed.parts] == [349, 933, 477, 301, 874]
    assert printed.totals == (2934,)


COUNTY = {"issuer": "沭阳县人民政府", "place": ("321322", "江苏省宿迁市沭阳县")}
LISTED = "全县共收办政府信息公开申请{total}件，其中政府办公室5件、财政局{finance}件、发改委4件、朝歌街道办事处1件。"
SPEAKS = "本报告数据统计范围包括各部门、各镇和街道。"


def _parts(make: Maker, year: int = 2023, **figures: int) -> None:
    """Put in the reports of an office, two departments and a street, of 20 requests in all."""
    numbers = {"人民政府办公室": 5, "财政局": 10, "发展和改革委员会": 4, "朝歌街道办事处": 1} | figures
    for name, number in numbers.items():
        text = "本报告数据仅统计县政府办公室本机关。" if name.endswith("办公室") else ""
        make.put(year, {"new_received.total": number}, issuer=f"沭阳县{name}", place=COUNTY["place"], text=text)


@pytest.mark.parametrize(("finance", "status"), [(10, "pass"), (9, "fail"), (11, "fail")])
def test_a_list_of_just_the_bodies_whose_reports_add_up_is_whole(make: Maker, finance, status) -> None:
    _parts(make)
    make.put(2023, {"new_received.total": 20}, text=SPEAKS + LISTED.format(total=20, finance=finance), **COUNTY)
    make.check()
    assert make.outcomes("E3") == [(2023, "requests.new_received.total", status)]


def test_a_list_that_makes_another_figure_by_chance_is_still_wrong(make: Maker) -> None:
    _parts(make)
    figures = {"new_received.total": 20, "total_processed.total": 19, "carried_out.total": 1}
    make.put(2023, figures, text=SPEAKS + LISTED.format(total=20, finance=9), **COUNTY)
    make.check()
    assert make.failures("E3") == [(2023, "requests.new_received.total")]


def test_a_list_is_not_known_to_be_whole_where_the_reports_of_its_bodies_do_not_add_up(make: Maker) -> None:
    _parts(make)
    make.put(2023, {"new_received.total": 27}, text=SPEAKS + LISTED.format(total=27, finance=9), **COUNTY)
    make.check()
    assert make.outcomes("E3") == [(2023, "requests.new_received.total", "not_assessable")]


def test_a_list_that_leaves_out_a_body_that_reported_is_not_whole(make: Maker) -> None:
    _parts(make, 民政局=3)
    make.put(2023, {"new_received.total": 23}, text=SPEAKS + LISTED.format(total=23, finance=10), **COUNTY)
    make.check()
    assert make.outcomes("E3") == [(2023, "requests.new_received.total", "not_assessable")]


@pytest.mark.parametrize(
    "text",
    [
        "县直各单位共收办政府信息公开申请19件，其中政府办公室5件、财政局10件、各部门4件。",
        "2022年全县共收办政府信息公开申请99件，其中政府办公室50件、财政局40件、各部门9件。",
    ],
)
def test_a_list_of_something_else_is_not_held_against_the_table(make: Maker, text) -> None:
    _parts(make)
    make.put(2023, {"new_received.total": 20}, text=SPEAKS + text, **COUNTY)
    make.check()
    assert make.outcomes("E3") == [(2023, "requests.new_received.total", "not_assessable")]


def test_of_two_lists_that_of_the_year_counts(make: Maker) -> None:
    last = "2022年全县共收办政府信息公开申请99件，其中政府办公室50件、财政局40件、各部门9件。"
    _parts(make)
    make.put(2023, {"new_received.total": 20}, text=SPEAKS + last + LISTED.format(total=20, finance=9), **COUNTY)
    make.check()
    assert make.failures("E3") == [(2023, "requests.new_received.total")]


def test_a_list_of_one_way_in_which_requests_came_is_not_the_whole(make: Maker) -> None:
    _parts(make)
    web = "通过网络收到申请的有政府办公室5件、财政局3件、发改委1件、朝歌街道办事处1件。"
    make.put(2023, {"new_received.total": 20}, text=SPEAKS + web, **COUNTY)
    make.check()
    assert make.failures("E3") == []
