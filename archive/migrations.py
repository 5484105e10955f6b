"""The schema of archive.db and bodies.db, as steps that are applied once and never edited after a release.

Keys are made from content, never counted, so that archives can be merged in any order. Tables are of three
kinds: evidence (run, frontier, capture, listing, host_rest, body: append-only), decisions (correction, unit_decision), and derived
(reading and all below it: `gongkai reparse --rebuild` makes them again).
"""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

archive_migrations = Migrations("archive")
body_migrations = Migrations("bodies")

_FIRST = """
CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE run (
    id TEXT PRIMARY KEY,
    verb TEXT NOT NULL,
    started_at TEXT NOT NULL,
    ended_at TEXT,
    summary TEXT NOT NULL DEFAULT '{}'
) STRICT;

CREATE TABLE frontier (
    run_id TEXT NOT NULL REFERENCES run(id),
    key TEXT NOT NULL,
    kind TEXT NOT NULL,
    portal TEXT NOT NULL,
    url TEXT NOT NULL,
    context TEXT NOT NULL DEFAULT '{}',
    done INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (run_id, key)
) STRICT;
CREATE INDEX frontier_pending ON frontier(run_id, done);

CREATE TABLE capture (
    id TEXT PRIMARY KEY,
    url TEXT NOT NULL,
    captured_at TEXT NOT NULL,
    kind TEXT NOT NULL,
    outcome TEXT NOT NULL,
    status INTEGER,
    headers TEXT NOT NULL DEFAULT '[]',
    redirects TEXT NOT NULL DEFAULT '[]',
    body_sha256 TEXT,
    body_size INTEGER,
    verdict TEXT,
    reason TEXT,
    portal TEXT,
    context TEXT NOT NULL DEFAULT '{}',
    run_id TEXT REFERENCES run(id),
    imported INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX capture_url ON capture(url, captured_at);
CREATE INDEX capture_run ON capture(run_id);
CREATE INDEX capture_body ON capture(body_sha256);

CREATE TABLE listing (
    id TEXT PRIMARY KEY,
    run_id TEXT NOT NULL REFERENCES run(id),
    portal TEXT NOT NULL,
    url TEXT NOT NULL,
    listed_at TEXT NOT NULL,
    completeness TEXT NOT NULL,
    reason TEXT,
    declared_total INTEGER,
    found_total INTEGER NOT NULL
) STRICT;
CREATE INDEX listing_url ON listing(portal, url, listed_at);

CREATE TABLE listing_entry (
    listing_id TEXT NOT NULL REFERENCES listing(id),
    url TEXT NOT NULL,
    title TEXT NOT NULL,
    published TEXT,
    PRIMARY KEY (listing_id, url)
) STRICT;
CREATE INDEX listing_entry_url ON listing_entry(url);

CREATE TABLE reading (
    id TEXT PRIMARY KEY,
    body_sha256 TEXT NOT NULL,
    url TEXT NOT NULL,
    parser_version INTEGER NOT NULL,
    verdict TEXT NOT NULL,
    format TEXT,
    encoding TEXT,
    title TEXT,
    title_raw TEXT,
    issuer TEXT,
    issuer_raw TEXT,
    report_year INTEGER,
    region_code TEXT,
    region_name TEXT,
    region_evidence TEXT,
    published TEXT,
    script TEXT,
    forms TEXT NOT NULL DEFAULT '{}',
    preface TEXT,
    text_hash TEXT NOT NULL,
    data_hash TEXT NOT NULL
) STRICT;
CREATE INDEX reading_body ON reading(body_sha256, url);

CREATE TABLE section (
    reading_id TEXT NOT NULL REFERENCES reading(id),
    position INTEGER NOT NULL,
    number INTEGER NOT NULL,
    heading TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (reading_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE cell (
    reading_id TEXT NOT NULL REFERENCES reading(id),
    "table" TEXT NOT NULL,
    "row" TEXT NOT NULL,
    "column" TEXT NOT NULL,
    position INTEGER NOT NULL,
    state TEXT NOT NULL,
    value ANY,
    raw TEXT NOT NULL,
    unit TEXT,
    label TEXT,
    trust TEXT,
    "where" TEXT NOT NULL,
    PRIMARY KEY (reading_id, "table", "row", "column")
) STRICT, WITHOUT ROWID;

CREATE TABLE check_result (
    reading_id TEXT NOT NULL REFERENCES reading(id),
    position INTEGER NOT NULL,
    rule TEXT NOT NULL,
    scope TEXT NOT NULL,
    status TEXT NOT NULL,
    left_side TEXT,
    right_side TEXT,
    note TEXT,
    PRIMARY KEY (reading_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE finding (
    reading_id TEXT NOT NULL REFERENCES reading(id),
    position INTEGER NOT NULL,
    code TEXT NOT NULL,
    severity TEXT NOT NULL,
    message TEXT NOT NULL,
    message_zh TEXT NOT NULL,
    "where" TEXT,
    PRIMARY KEY (reading_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE unit (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    place_code TEXT,
    place_name TEXT,
    level TEXT
) STRICT;

CREATE TABLE report (
    id TEXT PRIMARY KEY,
    unit_id TEXT NOT NULL REFERENCES unit(id),
    report_year INTEGER NOT NULL,
    scope TEXT NOT NULL,
    preferred_document TEXT
) STRICT;
CREATE INDEX report_unit ON report(unit_id, report_year);

CREATE TABLE document (
    id TEXT PRIMARY KEY,
    url TEXT NOT NULL,
    report_id TEXT NOT NULL REFERENCES report(id),
    portal TEXT,
    imported INTEGER NOT NULL
) STRICT;
CREATE INDEX document_report ON document(report_id);

CREATE TABLE version (
    id TEXT PRIMARY KEY,
    document_id TEXT NOT NULL REFERENCES document(id),
    sequence INTEGER NOT NULL,
    kind TEXT NOT NULL,
    captured_at TEXT NOT NULL,
    capture_id TEXT NOT NULL REFERENCES capture(id),
    reading_id TEXT REFERENCES reading(id),
    reason TEXT
) STRICT;
CREATE INDEX version_document ON version(document_id, sequence);

CREATE VIEW shown_reading AS
SELECT p.id AS report_id, (
    SELECT v.reading_id FROM version v
    WHERE v.document_id = p.preferred_document AND v.reading_id IS NOT NULL
    ORDER BY v.sequence DESC LIMIT 1
) AS reading_id
FROM report p;

CREATE TABLE cell_change (
    version_id TEXT NOT NULL REFERENCES version(id),
    "table" TEXT NOT NULL,
    "row" TEXT NOT NULL,
    "column" TEXT NOT NULL,
    state_before TEXT,
    value_before ANY,
    state_after TEXT,
    value_after ANY,
    PRIMARY KEY (version_id, "table", "row", "column")
) STRICT, WITHOUT ROWID;

CREATE TABLE archive_finding (
    id TEXT PRIMARY KEY,
    document_id TEXT,
    report_id TEXT,
    capture_id TEXT,
    code TEXT NOT NULL,
    severity TEXT NOT NULL,
    message TEXT NOT NULL,
    message_zh TEXT NOT NULL
) STRICT;

CREATE TABLE search_entry (
    rowid INTEGER PRIMARY KEY,
    report_id TEXT NOT NULL UNIQUE,
    reading_id TEXT NOT NULL
) STRICT;
CREATE VIRTUAL TABLE search USING fts5(
    title, issuer, body, content='', tokenize='unicode61'
);
"""


_CORRECTIONS = """
CREATE TABLE correction (
    id TEXT PRIMARY KEY,
    unit_id TEXT NOT NULL,
    report_year INTEGER NOT NULL,
    scope TEXT NOT NULL,
    "table" TEXT NOT NULL,
    "row" TEXT NOT NULL,
    "column" TEXT NOT NULL,
    state TEXT NOT NULL,
    value ANY,
    why TEXT NOT NULL,
    evidence TEXT,
    author TEXT NOT NULL,
    made_at TEXT NOT NULL,
    undoes TEXT REFERENCES correction(id)
) STRICT;
CREATE INDEX correction_report ON correction(unit_id, report_year, scope);

-- of a cell corrected twice the later correction is in force; one that was undone is not
CREATE VIEW correction_in_force AS
SELECT c.* FROM correction c
WHERE c.undoes IS NULL
  AND NOT EXISTS (SELECT 1 FROM correction u WHERE u.undoes = c.id)
  AND NOT EXISTS (
    SELECT 1 FROM correction l
    WHERE l.undoes IS NULL AND NOT EXISTS (SELECT 1 FROM correction u WHERE u.undoes = l.id)
      AND l.unit_id = c.unit_id AND l.report_year = c.report_year AND l.scope = c.scope
      AND l."table" = c."table" AND l."row" = c."row" AND l."column" = c."column"
      AND (l.made_at, l.id) > (c.made_at, c.id));

-- addresses of which something new is known, until their versions are derived again
CREATE TABLE stale_document (
    url TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE INDEX reading_url ON reading(url);
"""

_REGISTER = """
-- derived: how each document is filed, by its newest reading
CREATE TABLE filing (
    document_id TEXT PRIMARY KEY,
    url TEXT NOT NULL,
    issuer TEXT NOT NULL,
    place_code TEXT,
    unit_id TEXT NOT NULL,
    report_year INTEGER NOT NULL,
    scope TEXT NOT NULL,
    scope_rule TEXT NOT NULL,
    scope_evidence TEXT NOT NULL,
    data_hash TEXT NOT NULL,
    portal TEXT,
    imported INTEGER NOT NULL
) STRICT;
CREATE INDEX filing_unit ON filing(unit_id, report_year);

ALTER TABLE unit ADD COLUMN kind TEXT NOT NULL DEFAULT 'department';
ALTER TABLE unit ADD COLUMN base TEXT NOT NULL DEFAULT '';
ALTER TABLE unit ADD COLUMN parent_id TEXT;
ALTER TABLE unit ADD COLUMN parent_name TEXT;
CREATE INDEX unit_place ON unit(place_code);

CREATE VIEW unit_alias AS
SELECT p.unit_id, f.issuer AS name, min(p.report_year) AS first_year, max(p.report_year) AS last_year,
       count(*) AS documents
FROM filing f JOIN document d ON d.id = f.document_id JOIN report p ON p.id = d.report_id
GROUP BY p.unit_id, f.issuer;

-- derived: what became of units
CREATE TABLE unit_relation (
    predecessor_id TEXT NOT NULL,
    successor_id TEXT NOT NULL,
    fate TEXT NOT NULL,
    reason TEXT NOT NULL,
    place_code TEXT NOT NULL,
    PRIMARY KEY (predecessor_id, successor_id)
) STRICT;

-- derived: units that might be one, for a person to decide, and those decided
CREATE TABLE unit_match (
    id TEXT PRIMARY KEY,
    unit_id TEXT NOT NULL,
    unit_name TEXT NOT NULL,
    other_id TEXT,
    other_name TEXT,
    reason TEXT NOT NULL,
    evidence TEXT NOT NULL,
    status TEXT NOT NULL,
    place_code TEXT
) STRICT;
CREATE INDEX unit_match_place ON unit_match(place_code);

-- decisions: one and other are the rows of both units as they were
CREATE TABLE unit_decision (
    id TEXT PRIMARY KEY,
    one_id TEXT NOT NULL,
    other_id TEXT NOT NULL,
    one TEXT NOT NULL,
    other TEXT NOT NULL,
    answer TEXT NOT NULL,
    author TEXT NOT NULL,
    reason TEXT NOT NULL,
    decided_at TEXT NOT NULL
) STRICT;

-- units are keyed anew: all that is filed is filed again by the next derivation
INSERT OR IGNORE INTO stale_document SELECT url FROM document;
"""


def _run_script(db: Database, script: str) -> None:
    """Execute the statements one by one: `executescript` would commit the migration's own transaction."""
    for statement in script.split(";\n"):
        if statement.strip():
            db.execute(statement)


@archive_migrations()
def m001_first(db: Database) -> None:
    """Make the tables of the first release."""
    _run_script(db, _FIRST)


@archive_migrations()
def m002_corrections(db: Database) -> None:
    """Keep corrections, and which documents are to be derived again."""
    _run_script(db, _CORRECTIONS)


@archive_migrations()
def m003_hosts(db: Database) -> None:
    """Keep which hosts are left alone, from one run to the next, and why a request was not made in its run."""
    _run_script(
        db,
        """
CREATE TABLE host_rest (
    authority TEXT NOT NULL,
    began_at TEXT NOT NULL,
    until TEXT,
    run_id TEXT NOT NULL REFERENCES run(id),
    reason TEXT NOT NULL,
    strikes INTEGER NOT NULL,
    PRIMARY KEY (authority, began_at)
) STRICT;
ALTER TABLE frontier ADD COLUMN skipped TEXT;
CREATE INDEX frontier_portal ON frontier(portal);
CREATE INDEX capture_portal ON capture(portal);
CREATE INDEX document_portal ON document(portal);
""",
    )


@archive_migrations()
def m004_register(db: Database) -> None:
    """Add the register of units: filing, relations, the queue and people's decisions."""
    _run_script(db, _REGISTER)


@body_migrations()
def m001_bodies(db: Database) -> None:
    """Make the store of bodies: one row a body, named by the SHA-256 of its bytes as received."""
    _run_script(
        db,
        """
CREATE TABLE body (
    sha256 TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    codec TEXT NOT NULL,
    data BLOB NOT NULL
) STRICT;
""",
    )
