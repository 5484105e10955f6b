"""A portal declaration says exactly what is wrong with it, and names no place we may not connect to."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from crawler.declarations import Column, Evidence, load_portal
from crawler.registry import declaration
from parsers.errors import UsageError

GOOD = """
slug = "henan-qinghe"
name = "清河市人民政府门户网站"
family = "trs"
place = "410400"
hosts = ["www.qinghe.gov.cn"]

[[column]]
url = "http://www.qinghe.gov.cn/zwgk/zfxxgknb/"
unit = ""
since = 2025-04-01
"""


def test_a_declaration_is_read_whole() -> None:
    portal = load_portal(GOOD)
    assert portal.slug == "henan-qinghe"
    assert portal.columns == (Column("http://www.qinghe.gov.cn/zwgk/zfxxgknb/", "", date(2025, 4, 1)),)
    assert portal.allowed_hosts == {"www.qinghe.gov.cn"}
    assert not portal.sample


def test_a_column_may_stand_on_another_government_host_which_is_then_allowed() -> None:
    portal = load_portal(GOOD.replace("http://www.qinghe.gov.cn/z", "https://xxgk.qinghe.gov.cn/z"))
    assert portal.allowed_hosts == {"www.qinghe.gov.cn", "xxgk.qinghe.gov.cn"}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('slug = "henan-qinghe"', "", "slug: is missing"),
        ('slug = "henan-qinghe"', 'slug = "Henan 清河"', "slug: write small letters"),
        ('family = "trs"', 'family = "drupal"', "take one of trs, "),
        ('place = "410400"', 'place = "河南"', "place: write the six digits"),
        ('place = "410400"', "place = 410400", "place: is missing"),
        ('hosts = ["www.qinghe.gov.cn"]', "hosts = []", "hosts: list at least one"),
        ('hosts = ["www.qinghe.gov.cn"]', 'hosts = ["10.0.0.1"]', "not a host name"),
        ('hosts = ["www.qinghe.gov.cn"]', 'hosts = ["www.qinghe.gov.cn:8080"]', "not a host name"),
        ('hosts = ["www.qinghe.gov.cn"]', 'hosts = ["www.qinghe.test"]', "names under .test are for samples"),
        ('hosts = ["www.qinghe.gov.cn"]', 'hosts = ["www.qinghe.gov.cn"]\nsample = true', "hosts end in .test"),
        ('hosts = ["www.qinghe.gov.cn"]', 'host = ["www.qinghe.gov.cn"]', "host: is not known"),
        ("since = 2025-04-01", "since = 2025-04-01T00:00:00", "column 1: since: write a date"),
        ("since = 2025-04-01", 'since = 2025-04-01\nurls = "x"', "column 1: urls: is not known"),
        ("http://www.qinghe.gov.cn", "ftp://www.qinghe.gov.cn", "must begin with http"),
        ("http://www.qinghe.gov.cn", "file://", "must begin with http"),
        ("http://www.qinghe.gov.cn", "http://www.qinghe.gov.cn:8080", "only ports 80 and 443"),
        ("http://www.qinghe.gov.cn", "http://www.qinghe.gov.cn:99999", "is not an address"),
        ("http://www.qinghe.gov.cn", "http://me:pw@www.qinghe.gov.cn", "must not carry a user name"),
        ("http://www.qinghe.gov.cn", "http://127.0.0.1", "not an IP address"),
        ("http://www.qinghe.gov.cn", "http://2130706433", "not an IP address"),
        ("http://www.qinghe.gov.cn", "http://[::1]", "not an IP address"),
        ("http://www.qinghe.gov.cn", "http://www.zwinkt.com", "neither under gov.cn nor in `hosts`"),
        ("http://www.qinghe.gov.cn", "http://www.qinghe.gov.cn.evil.com", "neither under gov.cn"),
        ("http://www.qinghe.gov.cn", "http://www.qinghe.test", "neither under gov.cn"),
        ("[[column]]", "[column]", "column: write [[column]] tables"),
        ("since = 2025-04-01", "since = ", "not valid TOML"),
    ],
)
def test_each_fault_is_named_with_its_key_in_both_languages(old: str, new: str, said: str) -> None:
    assert old in GOOD
    with pytest.raises(UsageError, match=r"<declaration>") as error:
        load_portal(GOOD.replace(old, new, 1))
    assert said in error.value.en
    assert error.value.zh != error.value.en
    assert error.value.exit_status == 2


def test_a_fault_in_a_file_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text(GOOD.replace("trs", "drupal"), encoding="utf-8")
    with pytest.raises(UsageError, match=r"a\.toml: family"):
        load_portal(path)


def test_a_file_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such declaration"):
        load_portal(tmp_path / "none.toml")


WHOLE = """
slug = "henan-qinghe"
name = "清河市 \\"门户\\""
family = "trs"
family_by = "crawler"
place = "410400"
hosts = ["www.qinghe.gov.cn"]
home = "http://www.qinghe.gov.cn/"
checked = 2026-03-02

[[evidence]]
seen = "the column among start addresses"
where = "a crawler"
date = 2026-01-05

[[column]]
url = "http://www.qinghe.gov.cn/zwgk/zfxxgknb/"
unit = "清河市财政局"
since = 2025-04-01
until = 2026-01-01
"""


def test_what_is_written_is_what_is_read() -> None:
    portal = load_portal(WHOLE)
    assert portal.name == '清河市 "门户"'
    assert portal.evidence == (Evidence("the column among start addresses", "a crawler", date(2026, 1, 5)),)
    assert (portal.family_by, portal.checked, portal.columns[0].until) == (
        "crawler",
        date(2026, 3, 2),
        date(2026, 1, 1),
    )
    assert load_portal(declaration(portal)) == portal
    assert load_portal(declaration(load_portal(GOOD))) == load_portal(GOOD)


def test_a_column_that_has_ended_is_not_crawled_any_more() -> None:
    portal = load_portal(WHOLE)
    assert portal.columns_on(date(2025, 12, 31)) == portal.columns
    assert portal.columns_on(date(2026, 1, 1)) == ()


def test_a_portal_without_a_known_column_has_a_home_and_needs_no_family() -> None:
    bare = WHOLE[: WHOLE.index("[[column]]")]
    portal = load_portal(bare.replace('family = "trs"\nfamily_by = "crawler"\n', ""))
    assert (portal.family, portal.columns, portal.home) == ("", (), "http://www.qinghe.gov.cn/")
    assert portal.allowed_hosts == {"www.qinghe.gov.cn"}
    assert load_portal(declaration(portal)) == portal


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('family = "trs"\n', "", "family: is missing"),
        ('family_by = "crawler"', 'family_by = "hearsay"', "take one of page, crawler, url shape"),
        ("checked = 2026-03-02", 'checked = "soon"', 'write "never" or a date'),
        (
            'home = "http://www.qinghe.gov.cn/"',
            'home = "http://10.0.0.1/"',
            "home: 'http://10.0.0.1/' must name a host",
        ),
        ("date = 2026-01-05", 'date = "January"', "evidence 1: date: write a date"),
        ("[[evidence]]", "[evidence]", "evidence: write [[evidence]] tables"),
        ("until = 2026-01-01", "until = 2024-01-01", "column 1: until: is earlier than `since`"),
        ("until = 2026-01-01", "until = 2026", "column 1: until: write a date"),
    ],
)
def test_each_fault_of_the_further_keys_is_named(old: str, new: str, said: str) -> None:
    assert old in WHOLE
    with pytest.raises(UsageError) as error:
        load_portal(WHOLE.replace(old, new, 1))
    assert said in error.value.en


def test_a_column_declared_twice_is_a_fault() -> None:
    with pytest.raises(UsageError, match="stands in an earlier column too"):
        load_portal(WHOLE + WHOLE[WHOLE.index("[[column]]") :])


def test_the_declaration_in_the_documents_is_a_good_one() -> None:
    page = (Path(__file__).parents[2] / "docs" / "portals.md").read_text(encoding="utf-8")
    assert load_portal(page.partition("```toml")[2].partition("```")[0]).columns
