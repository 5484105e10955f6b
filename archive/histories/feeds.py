"""Atom feeds (RFC 4287) of what bodies changed in reports after they had published them: overall, by place, by unit.

Guarantees: what our parser reads otherwise is in no feed; an entry's id is made from its version and never changes; the same archive
gives the same bytes; figures are told as printed, before and after, with what people corrected beside them.
"""

from __future__ import annotations

import re
import sqlite3
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import quote

from lxml import etree, html
from lxml.builder import E, ElementMaker

from archive.histories.changes import Change, changes
from archive.histories.sentences import TextChange
from archive.keys import dump_json
from archive.labels import cell_label
from archive.register.places import above, full_name_in
from archive.selection import Selection
from archive.store import Archive

ATOM = "http://www.w3.org/2005/Atom"
_A = ElementMaker(namespace=ATOM, nsmap={None: ATOM})
_IDS = uuid.UUID("6f4a2c1e-2b0b-5d0e-9c56-1a4d6a0e7f10")
"""The name space of our ids: drawn once, never to be changed."""
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TOLD = 10
"""Changed figures that a summary names; the content names all."""


@dataclass(frozen=True, slots=True)
class Wording:
    """How feeds are written: the language, where the site and the feeds themselves will stand (no links to them without)."""

    language: str = "zh"
    site: str | None = None
    base: str | None = None

    def text(self, zh: str, en: str) -> str:
        """Return the words in the language."""
        return en if self.language == "en" else zh


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed that was written: its file and the number of its entries."""

    path: Path
    entries: int


def write_feed(archive: Archive, path: Path, selection: Selection, wording: Wording, *, limit: int, new: bool) -> Feed:
    """Write the newest `limit` changes of the selected reports to one file; `new` takes in reports first seen."""
    found = list(changes(archive.db, selection, new=new, limit=limit))
    name = wording.text("政府信息公开年度报告的变更", "Changes in annual reports on information disclosure")
    # the same question has the same id, whatever its file is called
    asked = {key: value for key, value in asdict(selection).items() if value}
    _write(archive, path, dump_json({**asked, "new": new}), path.name, name, found, wording)
    return Feed(path, len(found))


def write_feeds(
    archive: Archive,
    folder: Path,
    selection: Selection,
    wording: Wording,
    *,
    limit: int,
    new: bool,
    progress: Callable[[int, int], None] | None = None,
) -> list[Feed]:
    """Write `all.xml`, and `place/CODE.xml` and `unit/ID.xml` for every place and unit with a change, into `folder`.

    A place's feed holds the changes of the places below it. `progress` is called with (feeds written, feeds).
    """
    found = list(changes(archive.db, selection, new=new))
    name = wording.text("政府信息公开年度报告的变更", "Changes in annual reports on information disclosure")
    feeds: dict[str, tuple[str, list[Change]]] = {"all.xml": (name, found)}
    for change in found:
        for file, about in _feeds_of(change):
            feeds.setdefault(file, (f"{name}：{about}", []))[1].append(change)
    written = []
    for done, (file, (title, members)) in enumerate(sorted(feeds.items()), 1):
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        _write(archive, folder / file, file, file, title, members[:limit], wording)
        written.append(Feed(folder / file, len(members[:limit])))
        if progress:
            progress(done, len(feeds))
    return written


def _feeds_of(change: Change) -> Iterator[tuple[str, str]]:
    yield f"unit/{change.unit_id}.xml", change.unit
    if change.place_code:
        for code in (change.place_code, *above(change.place_code)):
            yield f"place/{code}.xml", full_name_in(code)


def _write(
    archive: Archive, path: Path, name: str, file: str, title: str, members: Sequence[Change], wording: Wording
) -> None:
    """Write the feed called `name` to `path`, which is `file` where the feeds will stand, and rename it into place."""
    if archive.is_sample:
        title = f"[样本数据 / sample data] {title}"
    feed = _A.feed(
        {"{http://www.w3.org/XML/1998/namespace}lang": wording.text("zh-Hans", "en")},
        _A.id(_urn(f"feed/{name}")),
        _A.title(_clean(title)),
        _A.updated(members[0].at if members else _newest(archive.db)),
        _A.author(_A.name("Gongkai Archive")),
        _A.generator("Gongkai Archive"),
    )
    if wording.base:
        feed.append(_A.link(rel="self", type="application/atom+xml", href=f"{wording.base.rstrip('/')}/{file}"))
    for change in members:
        feed.append(_entry(change, wording))
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(etree.tostring(feed, xml_declaration=True, encoding="utf-8", pretty_print=True))
    part.replace(path)


def _newest(db: sqlite3.Connection) -> str:
    """Return when the archive last saw anything: a feed without entries was up to date then."""
    (at,) = db.execute("SELECT max(captured_at) FROM capture").fetchone()
    return at or "1970-01-01T00:00:00Z"


def _urn(name: str) -> str:
    return f"urn:uuid:{uuid.uuid5(_IDS, name)}"


def _clean(text: str) -> str:
    """Return `text` without characters that XML cannot hold."""
    return _NOT_XML.sub("\ufffd", text)


def _entry(change: Change, wording: Wording) -> etree._Element:
    entry = _A.entry(
        _A.id(_urn(f"version/{change.version_id}")),
        _A.title(_clean(_title(change, wording))),
        _A.updated(change.at),
        _A.category(term=change.unit_id, label=_clean(change.unit)),
        *([_A.category(term=change.place_code, label=full_name_in(change.place_code))] if change.place_code else []),
        _A.category(term=str(change.report_year)),
        _A.summary(_clean(_summary(change, wording)), type="text"),
        _A.content(_content(change, wording), type="html"),
    )
    links = [change.url] if change.url.startswith(("http://", "https://")) else []
    if wording.site:
        links.insert(0, f"{wording.site.rstrip('/')}/report/{change.report_id}#versions")
    for rel, href in zip(("alternate", "via"), links, strict=False):
        entry.append(_A.link(rel=rel, href=quote(href, safe="%/:=&?~#+!$,;'@()*[]-._")))
    return entry


def _title(change: Change, wording: Wording) -> str:
    name = f"{change.unit} {change.report_year}"
    if change.kind == "first":
        return f"{name}{wording.text('：首次收录', ': first seen')}"
    if change.kind == "withdrawn":
        return f"{name}{wording.text('：已撤下', ': withdrawn')}"
    told = []
    if change.is_restored:
        told.append(wording.text("恢复", "restored"))
    if change.cells:
        told.append(wording.text(f"{len(change.cells)} 个数字更改", f"{len(change.cells)} figures changed"))
    if change.text:
        told.append(wording.text(f"{len(change.text)} 处文字更改", f"{len(change.text)} changes of text"))
    return f"{name}{wording.text('：', ': ')}{wording.text('，', ', ').join(told) or wording.text('更改', 'changed')}"


def _summary(change: Change, wording: Wording) -> str:
    lines = [f"{cell_label(*c.cell, wording.language)}: {c.before} → {c.after}" for c in change.cells[:_TOLD]]
    if len(change.cells) > _TOLD:
        lines.append("…")
    if not lines:
        lines = [_sentence(text, wording) for text in change.text[:3]]
    return "\n".join(lines) or change.reason or _title(change, wording)


def _sentence(text: TextChange, wording: Wording) -> str:
    names = {
        "changed": ("改", "changed"),
        "moved": ("移", "moved"),
        "added": ("增", "added"),
        "removed": ("删", "removed"),
    }
    kind = wording.text(*names[text.kind])
    if text.kind == "changed":
        return f"{kind} {text.before} → {text.after}"
    return f"{kind} {text.after or text.before}"


def _content(change: Change, wording: Wording) -> str:
    """Return the changed figures as a table, then the changed sentences, as HTML."""
    body = E.div(E.p(_clean(f"{change.title or change.unit} {change.url}")))
    if change.reason:
        body.append(E.p(_clean(change.reason)))
    if change.cells:
        heads = wording.text("单元格,更改前,更改后", "cell,before,after").split(",")
        rows = [
            E.tr(E.td(cell_label(*c.cell, wording.language)), E.td(_clean(c.before)), E.td(_clean(c.after)))
            for c in change.cells
        ]
        body.append(E.table(E.tr(*(E.th(head) for head in heads)), *rows))
    if change.text:
        body.append(E.ul(*(E.li(_clean(_sentence(text, wording))) for text in change.text)))
    return str(html.tostring(body, encoding="unicode"))
