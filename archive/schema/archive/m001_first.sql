-- the tables of the first release

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
