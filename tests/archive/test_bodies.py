"""However a body is packed, what comes out has its name; what is packed against something lost says so."""

from __future__ import annotations

import hashlib
import os
import random
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive import Archive, Capture, SystemClock
from archive.keeping.bodies import DamagedBodyError
from archive.keeping.compaction import compact
from archive.keeping.verify import verify
from archive.keeping.whole import backup

AT = datetime(2025, 1, 1, tzinfo=UTC)
HOST = "http://www.example.gov.cn"


def page(number: int, version: int = 0) -> bytes:
    """Return a page of 20 KB: half of it is the site's, half of it its own, a line of it the version's."""
    site, own = random.Random("site"), random.Random(number)
    rows = [f"<td class=site>{site.randrange(10**9)}</td>" for _ in range(300)]
    rows += [f"<td>{own.randrange(10**9)}</td>" for _ in range(300)]
    rows[450] = f"<td>第{version}版</td>"
    return "\n".join(["<html><table>", *rows, "</table>"]).encode()


def keep(archive: Archive, numbers: range, version: int = 0) -> list[str]:
    """Keep pages as captures, a day for each version; return the names of their bodies."""
    captures = [
        Capture(f"{HOST}/{n}.html", AT + timedelta(days=version), "report", "ok", 200, body=page(n, version))
        for n in numbers
    ]
    archive.record_captures(captures)
    return [hashlib.sha256(c.body or b"").hexdigest() for c in captures]


def codecs(archive: Archive) -> dict[str, int]:
    return dict(archive.bodies.execute("SELECT codec, count(*) FROM body GROUP BY codec").fetchall())


def size_of(archive: Archive, sha256: str) -> int:
    return int(archive.bodies.execute("SELECT length(data) FROM body WHERE sha256 = ?", (sha256,)).fetchone()[0])


def test_pages_of_one_host_share_a_dictionary_and_the_next_ones_are_packed_with_it_at_once(archive: Archive) -> None:
    keys = keep(archive, range(40))
    before = size_of(archive, keys[0])
    told = compact(archive)
    assert (told.bodies, told.repacked, told.dictionaries) == (40, 40, 1)
    assert codecs(archive) == {"zstd-dict": 40}
    assert size_of(archive, keys[0]) < before * 0.7
    assert [archive.get_body(key) for key in keys] == [page(n) for n in range(40)]
    (later,) = keep(archive, range(40, 41))
    assert codecs(archive) == {"zstd-dict": 41}
    assert archive.get_body(later) == page(40)
    assert verify(archive) == []


def test_a_changed_page_takes_less_than_a_kilobyte_however_often_it_changes(archive: Archive) -> None:
    for version in range(5):
        keys = keep(archive, range(3), version)
        compact(archive)
        assert [archive.get_body(key) for key in keys] == [page(n, version) for n in range(3)]
        if version:
            assert max(size_of(archive, key) for key in keys) < 200
    bases = archive.bodies.execute(
        "SELECT b.codec FROM body d JOIN body b ON b.sha256 = d.base WHERE d.codec = 'zstd-delta'"
    ).fetchall()
    assert [tuple(b) for b in bases] == [("zstd",)] * 12, "no body is built upon one that is itself built upon another"
    assert verify(archive) == []


def test_versions_that_were_kept_together_are_told_apart_in_one_go(archive: Archive) -> None:
    for version in range(4):
        keep(archive, range(3), version)
    compact(archive)
    assert codecs(archive) == {"zstd": 3, "zstd-delta": 9}
    assert compact(archive).bodies == 0, "what was looked at is not looked at again"


def test_bodies_of_every_kind_come_back(archive: Archive) -> None:
    noise = os.urandom(2_000_000)
    kinds = [b"", b"x", noise, noise[:-9], b"%PDF-1.4 <<" + noise[:5000], b"<html>" * 100_000, b"\0" * 3_000_000]
    for day, body in enumerate(kinds):
        archive.record_capture(Capture(f"{HOST}/a", AT + timedelta(days=day), "attachment", "ok", 200, body=body))
        archive.record_capture(
            Capture("http://[no host", AT + timedelta(days=day), "report", "ok", 200, body=body + b"x")
        )
    compact(archive)
    for body in kinds:
        assert archive.get_body(hashlib.sha256(body).hexdigest()) == body
        assert archive.get_body(hashlib.sha256(body + b"x").hexdigest()) == body + b"x"
    assert verify(archive) == []


def test_a_lost_dictionary_or_base_is_damage_and_never_other_bytes(archive: Archive, tmp_path: Path) -> None:
    keys = keep(archive, range(20)) + keep(archive, range(2), 1)
    compact(archive)
    data = archive.bodies.execute("SELECT data FROM body WHERE sha256 = ?", (keys[1],)).fetchone()[0]
    for harm, lost in (
        ("DELETE FROM dictionary", keys[5]),
        (f"DELETE FROM body WHERE sha256 = '{keys[0]}'", keys[20]),
        ("UPDATE dictionary SET data = zeroblob(9)", keys[5]),
        (f"UPDATE body SET base = '{keys[3]}' WHERE sha256 = '{keys[20]}'", keys[20]),
        (f"UPDATE body SET base = '{keys[21]}' WHERE sha256 = '{keys[20]}'", keys[20]),
        (f"UPDATE body SET codec = 'zstd' WHERE sha256 = '{keys[5]}'", keys[5]),
        (f"UPDATE body SET codec = 'lzma' WHERE sha256 = '{keys[5]}'", keys[5]),
        (f"UPDATE body SET size = size + 1 WHERE sha256 = '{keys[5]}'", keys[5]),
        (f"UPDATE body SET size = 99999999999 WHERE sha256 = '{keys[5]}'", keys[5]),
        (f"UPDATE body SET data = x'{data.hex()}' WHERE sha256 = '{keys[5]}'", keys[5]),
    ):
        copy = backup(archive, tmp_path / hashlib.sha256(harm.encode()).hexdigest())
        with Archive.open(copy, SystemClock()) as harmed:
            harmed.bodies.execute(harm)
            with pytest.raises(DamagedBodyError):
                harmed.get_body(lost)
            assert any(lost in fault.en for fault in verify(harmed)), harm
            keep(harmed, range(50, 52))  # a crawl goes on


def test_a_damaged_body_is_left_as_it_is_and_told_and_the_rest_is_packed(archive: Archive) -> None:
    keys = keep(archive, range(20))
    archive.bodies.execute("UPDATE body SET data = zeroblob(50) WHERE sha256 = ?", (keys[3],))
    told = compact(archive)
    assert told.lost == (keys[3],)
    assert told.repacked == 19
    assert archive.get_body(keys[4]) == page(4)


def test_a_compaction_cut_off_goes_on_with_what_is_left(archive: Archive) -> None:
    keep(archive, range(130))

    class Killed(BaseException):
        pass

    def kill(done: int, total: int) -> None:
        raise Killed

    with pytest.raises(Killed):
        compact(archive, kill)
    assert verify(archive) == []
    assert codecs(archive) == {"zstd": 66, "zstd-dict": 64}
    assert compact(archive).bodies == 66
    assert codecs(archive) == {"zstd-dict": 130}


def test_nothing_is_replaced_that_does_not_come_back(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = keep(archive, range(20))
    wrong = page(99)
    # as if the machine's memory were bad: another page is packed under this one's name
    monkeypatch.setattr("archive.keeping.compaction._packed", _packed_wrongly(wrong))
    with pytest.raises(DamagedBodyError):
        compact(archive)
    assert codecs(archive) == {"zstd": 20}
    assert [archive.get_body(key) for key in keys] == [page(n) for n in range(20)]


def _packed_wrongly(body: bytes):
    import zstandard

    from archive.keeping.compaction import _Packed

    return lambda task: _Packed("zstd", None, zstandard.ZstdCompressor().compress(body))


def test_readers_in_other_processes_see_every_codec(archive: Archive) -> None:
    keys = keep(archive, range(10)) + keep(archive, range(10), 1)
    compact(archive)
    with sqlite3.connect(f"file:{archive.path / 'bodies.db'}?mode=ro", uri=True) as db:
        from archive.keeping.bodies import Bodies

        bodies = Bodies(db)
        assert [hashlib.sha256(bodies.get(key)).hexdigest() for key in keys] == keys
    db.close()
