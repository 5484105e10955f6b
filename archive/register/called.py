"""What a person is told whose name for a unit does not mean one."""

from __future__ import annotations

from collections.abc import Collection

from parsers.errors import NotFoundError

_SHOWN = 6


def not_one_unit(text: str, found: Collection[tuple[str, str]]) -> NotFoundError:
    """Return the error for `text` that means no unit, or several, of which `found` has (id, name)."""
    if not found:
        return NotFoundError(
            f"no unit is called {text!r}: write a unit's id or full name; `gongkai unit list` has them all",
            f"没有名为“{text}”的单位：请写单位的编号或全称，`gongkai unit list` 可列出全部单位",
        )
    shown = sorted(f"{name} ({key})" for key, name in found)[:_SHOWN]
    more = len(found) > _SHOWN
    return NotFoundError(
        f"more than one unit is called {text!r}: write the id of one: {'; '.join(shown)}{' …' if more else ''}",
        f"名为“{text}”的单位不止一个：请写其中之一的编号：{'；'.join(shown)}{' …' if more else ''}",
    )
