"""A unit: the body that issues reports, made from its name and place alone.

Guarantees: its key and every other field follow from the name, and where several bodies bore it one after the other, from its turn
(archive/register/namesakes.py), so that archives agree on them in whatever order they met it.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass

from archive.keys import digest
from archive.register.names import GOVERNMENT, BodyName, read_name
from archive.register.places import above, full_name_in

NOWHERE = "000000"
"""What stands in a unit's key where its place is not known."""
_MOST_TURNS = 4
"""A name comes back once in a generation of reforms, and there were four since 2008."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A row of the table `unit`; `base` is its name without place and ending, `parent_id` the key of the body over it.

    The parent need not have reports, and so need not be in the table.
    """

    id: str
    name: str
    place_code: str | None
    place_name: str | None
    level: str | None
    kind: str
    base: str
    parent_id: str | None
    parent_name: str | None

    @property
    def row(self) -> tuple[str | None, ...]:
        """Return the fields in the order of the table."""
        return astuple(self)


def unit_key(place_code: str | None, name: str, host: str | None = None, turn: int = 1) -> str:
    """Return the key of a unit: its place's code and a hash of its name; where the place is unknown, of its site too.

    The second body to bear a name in a place has a key of its own.
    """
    more = [*([host] if host else []), *([str(turn)] if turn > 1 else [])]
    return f"{place_code or NOWHERE}-{digest('unit', place_code, name, *more)[:8]}"


def keys_of(unit_id: str, place_code: str | None, name: str) -> tuple[str, ...]:
    """Return a unit's key and those of its namesakes: what was decided before they were told apart, or one again, names another of them."""
    return (unit_id, *(unit_key(place_code, name, turn=turn) for turn in range(1, _MOST_TURNS + 1) if place_code))


def level_of(place_code: str | None) -> str | None:
    """Return the level that a GB/T 2260 code stands for: province, city or county."""
    if not place_code:
        return None
    if place_code.endswith("0000"):
        return "province"
    return "city" if place_code.endswith("00") else "county"


def unit_of(body: BodyName, host: str | None = None, turn: int = 1) -> Unit:
    """Return the unit that a name stands for; `host` keeps apart bodies of one name whose places are unknown, `turn` those of one place."""
    unplaced = body.place is None and body.kind != "central"
    parent = _parent(body)
    return Unit(
        id=unit_key(body.place, body.full, host if unplaced else None, turn),
        name=body.full,
        place_code=body.place,
        place_name=full_name_in(body.place) if body.place else None,
        level=body.kind if body.kind in ("central", "town") else level_of(body.place),
        kind=body.kind,
        base=body.base,
        parent_id=unit_key(parent.place, parent.full) if parent else None,
        parent_name=parent.full if parent else None,
    )


def _parent(body: BodyName) -> BodyName | None:
    """Return the body over another: a department's zone or government, a government's of the place above."""
    if body.place is None or body.branch is not None:
        return None
    if body.kind == "department" and body.zone is not None:
        return read_name(f"{body.zone}管理委员会", body.place)
    place = next(above(body.place), None) if body.kind == "government" else body.place
    return read_name(GOVERNMENT, place) if place else None
