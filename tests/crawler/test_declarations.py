"""A portal declaration says exactly what is wrong with it, and names no place we may not connect to."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from crawler.declarations import Column, find_portal, load_portal
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
        ("[[column]]", "[column]", "column: write at least one"),
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


def test_a_portal_that_is_not_in_the_registry_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="not in"):
        find_portal("no-such-portal")
