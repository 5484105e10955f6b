"""Reads a page as a family does."""

from __future__ import annotations

from typing import Any, Protocol

import pytest

from crawler.families import FAMILIES, ListPage, Page


class Reader(Protocol):
    def __call__(self, family: str, body: str, column: str, number: int = 1, **more: Any) -> ListPage: ...


@pytest.fixture
def read() -> Reader:
    """Read `body` as page `number` of the list at `column`; it came from `url`, or from there."""

    def read_list(family: str, body: str, column: str, number: int = 1, **more: Any) -> ListPage:
        url = more.pop("url", column)
        return FAMILIES[family].read_list(Page(url=url, body=body.encode(), column=column, number=number, **more))

    return read_list
