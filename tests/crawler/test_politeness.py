"""robots.txt is read as RFC 9309 has it, where Scrapy's own middleware would let us through."""

from __future__ import annotations

import pytest
from scrapy.http import Response

from crawler.politeness import MAX_CRAWL_DELAY, RobotsRefused, Rules, rules_of

URL = "http://www.a.test/zwgk/nb/"


def rules(status: int, body: bytes = b"User-agent: *\nDisallow: /\n") -> Rules:
    return rules_of(Response("http://www.a.test/robots.txt", status=status, body=body))


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_an_answer_of_4xx_means_that_there_are_no_rules(status: int) -> None:
    rules(status).refuse(URL)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 301, 304])
def test_an_answer_of_5xx_or_none_forbids_everything(status: int) -> None:
    with pytest.raises(RobotsRefused):
        rules(status).refuse(URL)


def test_half_a_file_forbids_everything_for_it_may_lack_the_half_that_forbids() -> None:
    response = Response("http://www.a.test/robots.txt", body=b"User-agent: *\nAllow: /\n", flags=["dataloss"])
    with pytest.raises(RobotsRefused, match="broke off"):
        rules_of(response).refuse(URL)


def test_rules_for_us_by_name_go_before_those_for_all() -> None:
    body = b"User-agent: *\nDisallow: /\n\nUser-agent: gongkai-archive\nDisallow: /secret/\n"
    rules(200, body).refuse(URL)
    with pytest.raises(RobotsRefused, match="forbids"):
        rules(200, body).refuse("http://www.a.test/secret/1.html")


def test_a_home_page_in_place_of_robots_txt_forbids_nothing() -> None:
    rules(200, "<html><title>清河市人民政府</title></html>".encode("gb18030")).refuse(URL)


@pytest.mark.parametrize(
    ("said", "kept"), [(b"Crawl-delay: 2.5", 2.5), (b"Crawl-delay: 5000", MAX_CRAWL_DELAY), (b"Crawl-delay: x", None)]
)
def test_crawl_delay_is_kept_up_to_a_cap(said: bytes, kept: float | None) -> None:
    assert rules(200, b"User-agent: *\n" + said + b"\n").crawl_delay() == kept
