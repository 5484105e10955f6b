-- The tables of a release. Every table that people join bears report_id, so that Datasette links its rows.
-- Words and states are those of the codebook. `value` has no declared type: counts are integers, money is text as printed.

CREATE TABLE release (
    date TEXT PRIMARY KEY,
    format TEXT NOT NULL,
    notice TEXT NOT NULL,
    sample_data INTEGER NOT NULL,
    parser_version INTEGER,
    units INTEGER NOT NULL,
    reports INTEGER NOT NULL,
    withdrawn INTEGER NOT NULL,
    versions INTEGER NOT NULL,
    captures INTEGER NOT NULL,
    cells INTEGER NOT NULL,
    cells_verified INTEGER NOT NULL,
    cells_stated INTEGER NOT NULL,
    cells_inferred INTEGER NOT NULL,
    cells_disputed INTEGER NOT NULL,
    cells_undecidable INTEGER NOT NULL,
    checks_failed INTEGER NOT NULL,
    first_year INTEGER,
    last_year INTEGER
);

CREATE TABLE unit (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    place_code TEXT,
    place_name TEXT,
    level TEXT,
    kind TEXT NOT NULL,
    parent_id TEXT,
    parent_name TEXT,
    reports INTEGER NOT NULL
);

CREATE TABLE report (
    id TEXT PRIMARY KEY,
    title TEXT,
    unit_id TEXT NOT NULL REFERENCES unit(id),
    unit_name TEXT NOT NULL,
    place_code TEXT,
    place_name TEXT,
    place_evidence TEXT,
    level TEXT,
    report_year INTEGER NOT NULL,
    scope TEXT NOT NULL,
    title_raw TEXT,
    issuer TEXT,
    issuer_raw TEXT,
    published TEXT,
    forms TEXT NOT NULL,
    script TEXT,
    format TEXT,
    preface TEXT,
    state TEXT NOT NULL,
    state_since TEXT NOT NULL,
    versions INTEGER NOT NULL,
    cells INTEGER NOT NULL,
    cells_verified INTEGER NOT NULL,
    cells_stated INTEGER NOT NULL,
    cells_inferred INTEGER NOT NULL,
    cells_disputed INTEGER NOT NULL,
    cells_undecidable INTEGER NOT NULL,
    checks_failed INTEGER NOT NULL,
    findings INTEGER NOT NULL,
    corrections INTEGER NOT NULL,
    document_id TEXT NOT NULL REFERENCES document(id),
    version_id TEXT NOT NULL REFERENCES version(id),
    source_url TEXT NOT NULL,
    captured_at TEXT NOT NULL,
    body_sha256 TEXT NOT NULL REFERENCES source(sha256),
    imported INTEGER NOT NULL,
    parser_version INTEGER NOT NULL,
    sample_data INTEGER NOT NULL
);

CREATE TABLE document (
    id TEXT PRIMARY KEY,
    url TEXT NOT NULL,
    report_id TEXT NOT NULL REFERENCES report(id),
    portal TEXT,
    imported INTEGER NOT NULL,
    preferred INTEGER NOT NULL
);

CREATE TABLE version (
    id TEXT PRIMARY KEY,
    report_id TEXT NOT NULL REFERENCES report(id),
    document_id TEXT NOT NULL REFERENCES document(id),
    sequence INTEGER NOT NULL,
    kind TEXT NOT NULL,
    captured_at TEXT NOT NULL,
    reason TEXT,
    text_changed INTEGER NOT NULL,
    cells_changed INTEGER NOT NULL,
    served INTEGER NOT NULL,
    capture_id TEXT NOT NULL REFERENCES capture(id),
    body_sha256 TEXT REFERENCES source(sha256),
    parser_version INTEGER
);

CREATE TABLE cell (
    report_id TEXT NOT NULL REFERENCES report(id),
    "table" TEXT NOT NULL,
    "row" TEXT NOT NULL,
    "column" TEXT NOT NULL,
    position INTEGER NOT NULL,
    state TEXT NOT NULL,
    value,
    raw TEXT NOT NULL,
    unit TEXT,
    label TEXT,
    trust TEXT,
    "where" TEXT NOT NULL,
    corrected_state TEXT,
    corrected_value,
    PRIMARY KEY (report_id, "table", "row", "column")
) WITHOUT ROWID;

-- What people decided beside what was printed: a figure ("table", "row", "column") or an identity (field, of the document at url).
CREATE TABLE correction (
    id TEXT PRIMARY KEY,
    report_id TEXT NOT NULL REFERENCES report(id),
    "table" TEXT,
    "row" TEXT,
    "column" TEXT,
    field TEXT,
    url TEXT,
    printed_state TEXT NOT NULL,
    printed_value,
    state TEXT NOT NULL,
    value,
    agrees INTEGER NOT NULL,
    why TEXT NOT NULL,
    evidence TEXT,
    author TEXT NOT NULL,
    made_at TEXT NOT NULL
);

CREATE TABLE section (
    report_id TEXT NOT NULL REFERENCES report(id),
    position INTEGER NOT NULL,
    number INTEGER NOT NULL,
    heading TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (report_id, position)
) WITHOUT ROWID;

CREATE TABLE check_result (
    report_id TEXT NOT NULL REFERENCES report(id),
    position INTEGER NOT NULL,
    rule TEXT NOT NULL,
    scope TEXT NOT NULL,
    status TEXT NOT NULL,
    left_side,
    right_side,
    note TEXT,
    PRIMARY KEY (report_id, position)
) WITHOUT ROWID;

CREATE TABLE finding (
    report_id TEXT NOT NULL REFERENCES report(id),
    position INTEGER NOT NULL,
    origin TEXT NOT NULL,
    code TEXT NOT NULL,
    severity TEXT NOT NULL,
    message TEXT NOT NULL,
    message_zh TEXT NOT NULL,
    "where" TEXT,
    PRIMARY KEY (report_id, position)
) WITHOUT ROWID;

CREATE TABLE cell_change (
    version_id TEXT NOT NULL REFERENCES version(id),
    "table" TEXT NOT NULL,
    "row" TEXT NOT NULL,
    "column" TEXT NOT NULL,
    state_before TEXT,
    value_before,
    state_after TEXT,
    value_after,
    PRIMARY KEY (version_id, "table", "row", "column")
) WITHOUT ROWID;

CREATE TABLE capture (
    id TEXT PRIMARY KEY,
    document_id TEXT REFERENCES document(id),
    url TEXT NOT NULL,
    captured_at TEXT NOT NULL,
    outcome TEXT NOT NULL,
    status INTEGER,
    verdict TEXT,
    reason TEXT,
    headers TEXT NOT NULL,
    body_sha256 TEXT,
    body_size INTEGER,
    portal TEXT,
    imported INTEGER NOT NULL
);

CREATE TABLE source (
    sha256 TEXT PRIMARY KEY,
    format TEXT,
    encoding TEXT,
    size INTEGER NOT NULL,
    codec TEXT NOT NULL,
    data BLOB NOT NULL
);

CREATE TABLE search_entry (
    rowid INTEGER PRIMARY KEY,
    report_id TEXT NOT NULL UNIQUE REFERENCES report(id)
);
CREATE VIRTUAL TABLE search USING fts5(title, issuer, body, content='', tokenize='unicode61');

CREATE INDEX report_unit ON report(unit_id, report_year);
CREATE INDEX report_year ON report(report_year);
CREATE INDEX report_place ON report(place_code);
CREATE INDEX document_report ON document(report_id);
CREATE INDEX version_report ON version(report_id, document_id, sequence);
CREATE INDEX version_time ON version(captured_at);
CREATE INDEX capture_document ON capture(document_id, captured_at);
CREATE INDEX correction_report ON correction(report_id);
CREATE INDEX check_status ON check_result(status);
