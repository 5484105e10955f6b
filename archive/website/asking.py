"""How pages ask a release: read-only, off the event loop, and only once where the answer is about the whole of it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

from archive.selection import NOWHERE
from archive.website.site import release_of

if TYPE_CHECKING:  # Datasette loads this package while datasette.app is being imported
    from datasette.app import Datasette

T = TypeVar("T")
Rows = list[sqlite3.Row]

_known: dict[tuple[str, str], Any] = {}
"""Answers about whole releases, by folder and question: a release never changes."""
_lately: WeakKeyDictionary[Datasette, Lately] = WeakKeyDictionary()


class Lately:
    """The last answers to dear questions, by what they are about, oldest first."""

    MOST = 100
    """A search that finds 100,000 reports holds 0.4 MB, so these 40 MB at most."""
    AT_ONCE = 2
    """Of four threads (serve.py): the pages of others need some, too."""

    def __init__(self) -> None:
        self.answers: OrderedDict[str, asyncio.Task[Any]] = OrderedDict()
        self.turn = asyncio.Semaphore(self.AT_ONCE)


async def ask(datasette: Datasette, question: Callable[[sqlite3.Connection], T]) -> T:
    """Answer `question` on a read-only connection to the release, off the event loop."""
    database = datasette.get_database(release_of(datasette).database)
    answer: T = await database.execute_fn(question)
    return answer


async def ask_once(datasette: Datasette, question: Callable[[sqlite3.Connection], T]) -> T:
    """Answer a question about the whole release, which is asked of it only once."""
    key = (str(release_of(datasette).folder), f"{question.__module__}.{question.__qualname__}")
    if key not in _known:
        _known[key] = await ask(datasette, question)
    answer: T = _known[key]
    return answer


async def ask_lately(datasette: Datasette, question: Callable[[sqlite3.Connection], T], about: str) -> T:
    """Answer a dear question, named `about`: asked once for all who ask it meanwhile, and the last answers are kept."""
    lately = _lately.setdefault(datasette, Lately())

    async def take_turn() -> T:
        async with lately.turn:
            return await ask(datasette, question)

    if about not in lately.answers:
        lately.answers[about] = asyncio.create_task(take_turn())
        if len(lately.answers) > lately.MOST:
            lately.answers.popitem(last=False)
    lately.answers.move_to_end(about)
    try:
        answer: T = await asyncio.shield(lately.answers[about])  # one reader who goes away is no reason to stop
    except Exception:
        lately.answers.pop(about, None)
        raise
    return answer


def all_rows(db: sqlite3.Connection, sql: str, *values: Any) -> Rows:
    """Return the rows of a query, which know their columns by name."""
    cursor = db.cursor()
    cursor.row_factory = sqlite3.Row
    return cursor.execute(sql, values).fetchall()


def one_row(db: sqlite3.Connection, sql: str, *values: Any) -> sqlite3.Row | None:
    """Return the first row of a query, or None."""
    rows = all_rows(db, sql, *values)
    return rows[0] if rows else None


def has_rows(db: sqlite3.Connection, table: str) -> bool:
    """Tell whether the release has anything in a table that releases of an earlier format lack."""
    if one_row(db, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", table) is None:
        return False
    return one_row(db, f'SELECT 1 FROM "{table}" LIMIT 1') is not None  # noqa: S608


def below(column: str, code: str) -> tuple[str, tuple[str, str]]:
    """Return (SQL, values): that `column` begins with what the codes of a place and of all below it begin with."""
    if code == NOWHERE:
        return f"coalesce({column}, '{NOWHERE}') >= ? AND coalesce({column}, '{NOWHERE}') < ?", (code, code + "~")
    stem = code
    while stem.endswith("00"):
        stem = stem[:-2]
    return f"{column} >= ? AND {column} < ?", (stem, stem + "~")
