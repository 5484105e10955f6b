"""Turns a query into SQL: one FTS5 expression for as much of it as FTS5 can tell, conditions for the rest.

Guarantees: the same query means the same on the archive and on a release; only the columns that filters look at differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from archive.search.language import And, Filter, Node, Not, Or, Phrase
from archive.search.text import Wanted as Phrases
from archive.selection import Selection

Condition = tuple[str, list[str | int]]
"""SQL and its parameters."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A query in SQL: `match` for FTS5 (None where the query has no text that must be there), `where` for the rest.

    `where` is about a row of `search_entry e`; `phrases` are those that may be shown where they stand.
    """

    match: str | None
    where: str
    values: tuple[str | int, ...]
    phrases: Phrases


def wanted(node: Node, condition: Callable[[Selection], Condition]) -> Wanted:
    """Return `node` in SQL; `condition` gives that of a filter."""
    parts = node.parts if isinstance(node, And) else (node,)
    text, excluded, where, values = [], [], [], []
    for part in parts:
        if (expression := _expression(part)) is not None:
            text.append(expression)
        elif isinstance(part, Not) and (expression := _expression(part.part)) is not None:
            excluded.append(expression)
        else:
            sql, more = _condition(part, condition)
            where.append(f"({sql})")
            values += more
    match = " AND ".join(text) or None
    for expression in excluded:
        if match is not None:
            match = f"({match}) NOT {expression}"
        else:
            where.append(f"NOT {_MATCHES}")
            values.append(expression)
    return Wanted(match, " AND ".join(where) or "1", tuple(values), tuple(_shown(node)))


_MATCHES = "e.rowid IN (SELECT rowid FROM search WHERE search MATCH ?)"


def _expression(node: Node) -> str | None:
    """Return `node` as FTS5 says it, or None: it knows no filters, and NOT only beside what must be there."""
    if isinstance(node, Phrase):
        return '"' + " ".join(node.tokens) + '"' + (" *" if node.is_prefix else "")
    if isinstance(node, (And, Or)) and node.parts:
        parts = [_expression(part) for part in node.parts]
        told = [part for part in parts if part is not None]
        if len(told) == len(parts):
            return "(" + (" AND " if isinstance(node, And) else " OR ").join(told) + ")"
    return None


def _condition(node: Node, condition: Callable[[Selection], Condition]) -> Condition:
    expression = _expression(node)
    if expression is not None:
        return _MATCHES, [expression]
    if isinstance(node, Filter):
        return condition(node.selection)
    if isinstance(node, Not):
        sql, values = _condition(node.part, condition)
        return f"NOT ({sql})", values
    assert isinstance(node, (And, Or))
    parts = [_condition(part, condition) for part in node.parts]
    joined = (" AND " if isinstance(node, And) else " OR ").join(f"({sql})" for sql, _ in parts)
    return joined or "1", [value for _, values in parts for value in values]


def _shown(node: Node) -> Iterator[tuple[tuple[str, ...], bool]]:
    """Yield the phrases that a report found may hold, in order."""
    if isinstance(node, Phrase):
        yield node.tokens, node.is_prefix
    elif isinstance(node, (And, Or)):
        for part in node.parts:
            yield from _shown(part)
