"""Chinese full text over titles, issuers and narratives: any query of one character upwards finds its text.

Text is brought to Simplified characters and split character by character; a word is a phrase query over them
(libraries.md section 6), so Traditional queries find Simplified text and 公开 is found as well as 行政复议.
"""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass

from parsers.normalize import to_simplified

_BREAK = re.compile(r"[^\w ]+|_+")
_STOP = "\ue000"
"""A private-use character: FTS5's unicode61 takes it for a token (category Co), and no text holds it."""
_IDEOGRAPH = re.compile(r"([\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])")


@dataclass(frozen=True, slots=True)
class Hit:
    """A report that matches, best first, with a piece of its text around the first match."""

    report_id: str
    title: str
    unit: str
    report_year: int
    snippet: str


def split_text(text: str) -> str:
    """Return `text` as the index holds it: Simplified, each ideograph a token, punctuation and line ends a token too.

    So a phrase never runs over a comma or into the next line; blanks inside a line count for nothing.
    """
    return _IDEOGRAPH.sub(r" \1 ", _BREAK.sub(f" {_STOP} ", to_simplified(text))).lower()


def phrase_query(query: str) -> str:
    """Return an FTS5 query: each blank-separated word a phrase, all of them wanted; "" if nothing is left to find."""
    words = []
    for word in query.split():
        tokens = split_text(word).split()
        while tokens and tokens[0] == _STOP:
            tokens.pop(0)
        while tokens and tokens[-1] == _STOP:
            tokens.pop()
        if tokens:
            words.append('"' + " ".join(tokens) + '"')
    return " AND ".join(words)


def index_report(db: sqlite3.Connection, report_id: str) -> None:
    """Bring the index up to date with the version that the report shows now."""
    row = db.execute(
        "SELECT reading_id FROM shown_reading WHERE report_id = ? AND reading_id IS NOT NULL", (report_id,)
    ).fetchone()
    known = db.execute("SELECT rowid, reading_id FROM search_entry WHERE report_id = ?", (report_id,)).fetchone()
    if known:
        if row and known["reading_id"] == row["reading_id"]:
            return
        # A contentless index is told what to forget: the text it was given (FTS5, "The 'delete' command").
        db.execute(
            "INSERT INTO search (search, rowid, title, issuer, body) VALUES ('delete', ?, ?, ?, ?)",
            (known["rowid"], *_indexed_text(db, report_id, known["reading_id"])),
        )
        db.execute("DELETE FROM search_entry WHERE rowid = ?", (known["rowid"],))
    if row:
        cursor = db.execute(
            "INSERT INTO search_entry (report_id, reading_id) VALUES (?, ?)", (report_id, row["reading_id"])
        )
        db.execute(
            "INSERT INTO search (rowid, title, issuer, body) VALUES (?, ?, ?, ?)",
            (cursor.lastrowid, *_indexed_text(db, report_id, row["reading_id"])),
        )


def _indexed_text(db: sqlite3.Connection, report_id: str, reading_id: str) -> tuple[str, str, str]:
    reading = db.execute("SELECT title, issuer, region_name FROM reading WHERE id = ?", (reading_id,)).fetchone()
    (unit,) = db.execute(
        "SELECT u.name FROM report p JOIN unit u ON u.id = p.unit_id WHERE p.id = ?", (report_id,)
    ).fetchone()
    sections = db.execute("SELECT heading, text FROM section WHERE reading_id = ? ORDER BY position", (reading_id,))
    body = "\n".join(f"{s['heading']}\n{s['text']}" for s in sections)
    issuer = f"{unit} {reading['issuer'] or ''} {reading['region_name'] or ''}"
    return split_text(reading["title"] or ""), split_text(issuer), split_text(body)


def search(db: sqlite3.Connection, query: str, limit: int = 20) -> list[Hit]:
    """Return the reports that hold every word of `query`, best first; none for a query of only punctuation."""
    phrase = phrase_query(query)
    if not phrase:
        return []
    rows = db.execute(
        """SELECT e.report_id, e.reading_id, r.title, u.name AS unit, p.report_year
           FROM search JOIN search_entry e ON e.rowid = search.rowid JOIN reading r ON r.id = e.reading_id
           JOIN report p ON p.id = e.report_id JOIN unit u ON u.id = p.unit_id
           WHERE search MATCH ? ORDER BY bm25(search, 10.0, 5.0, 1.0), e.report_id LIMIT ?""",
        (phrase, limit),
    ).fetchall()
    return [
        Hit(
            row["report_id"],
            row["title"],
            row["unit"],
            row["report_year"],
            _snippet(db, row["reading_id"], query),
        )
        for row in rows
    ]


def _snippet(db: sqlite3.Connection, reading_id: str, query: str, around: int = 30) -> str:
    """Return the text around the first word found in a section, or the beginning of the first section."""
    texts = [
        row["text"]
        for row in db.execute("SELECT text FROM section WHERE reading_id = ? ORDER BY position", (reading_id,))
    ]
    return snippet(texts, query, around)


def snippet(texts: list[str], query: str, around: int = 30) -> str:
    """Return the text around the first word of `query` found in `texts`, white space folded."""
    words = [to_simplified(w) for w in query.split()]
    for text in texts:
        plain = " ".join(text.split())
        folded = to_simplified(plain)
        for word in words:
            at = folded.find(word)
            if at >= 0:
                start, end = max(0, at - around), at + len(word) + around
                return ("…" if start else "") + plain[start:end] + ("…" if end < len(plain) else "")
    return " ".join((texts[0] if texts else "").split())[: 2 * around]
