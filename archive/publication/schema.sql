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

-- Checks between reports (of other years, other bodies, other documents); evidence is JSON.
CREATE TABLE cross_check (
    id TEXT PRIMARY KEY,
    rule TEXT NOT NULL,
    unit_id TEXT NOT NULL,
    report_year INTEGER NOT NULL,
    report_id TEXT REFERENCES report(id),
    "within" TEXT NOT NULL,
    other_unit_id TEXT,
    other_year INTEGER,
    other_report_id TEXT REFERENCES report(id),
    status TEXT NOT NULL,
    severity TEXT NOT NULL,
    left_side TEXT,
    right_side TEXT,
    evidence TEXT NOT NULL,
    message TEXT NOT NULL,
    message_zh TEXT NOT NULL
);

CREATE TABLE unit_relation (
    predecessor_id TEXT NOT NULL,
    successor_id TEXT NOT NULL,
    fate TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (predecessor_id, successor_id)
) WITHOUT ROWID;

CREATE TABLE place (
    code TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    province_code TEXT NOT NULL,
    units INTEGER NOT NULL,
    reports INTEGER NOT NULL
);

-- What is known of every body and year on the day of the newest capture: a hole has its reason, and the addresses (a JSON list) of
-- the page that was not got, or of the lists that name none.
CREATE TABLE coverage_year (
    unit_id TEXT NOT NULL,
    unit_name TEXT NOT NULL,
    report_year INTEGER NOT NULL,
    state TEXT NOT NULL,
    told_by TEXT,
    PRIMARY KEY (unit_id, report_year)
) WITHOUT ROWID;

CREATE TABLE portal_list (
    portal TEXT NOT NULL,
    url TEXT NOT NULL,
    listed_on TEXT NOT NULL,
    completeness TEXT NOT NULL,
    declared_total INTEGER,
    found_total INTEGER NOT NULL,
    reason TEXT,
    PRIMARY KEY (portal, url)
) WITHOUT ROWID;

-- What is kept out of the release; a report that is has no other row here, a page has a notice in place of its bytes.
CREATE TABLE withholding (
    id TEXT PRIMARY KEY,
    withheld_on TEXT NOT NULL,
    kind TEXT NOT NULL,
    report_id TEXT,
    unit_id TEXT,
    unit_name TEXT,
    report_year INTEGER,
    scope TEXT,
    body_sha256 TEXT,
    why TEXT NOT NULL
);

-- What may be compared between generations of the forms (domain knowledge, the same in every release).
CREATE TABLE concept (
    key TEXT PRIMARY KEY,
    zh TEXT NOT NULL,
    en TEXT NOT NULL,
    local TEXT,
    since_2014 TEXT,
    since_2019 TEXT NOT NULL,
    comparable TEXT NOT NULL,
    note_zh TEXT,
    note_en TEXT
);

-- The columns of the wide table in their order; "table", "row" and "column" name the cell of one that shows a cell.
CREATE TABLE wide_column (
    position INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    "table" TEXT,
    "row" TEXT,
    "column" TEXT,
    zh TEXT NOT NULL,
    en TEXT NOT NULL,
    made_from TEXT
);
-- Sentences that a version of kind content changed; pieces is JSON: what stayed, went and came of a changed one.
CREATE TABLE text_change (
    version_id TEXT NOT NULL REFERENCES version(id),
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    part TEXT,
    before TEXT,
    after TEXT,
    pieces TEXT NOT NULL,
    PRIMARY KEY (version_id, position)
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

-- What only the site looks up (lookups.py): nothing here that the tables above do not say. Row n of search is the n-th report from
-- the newest year on; bit n of `hits` says whether it counts under the value. `sure` is the figure that may be counted, `adds`
-- whether the report may be added to others.
CREATE TABLE search_entry (
    rowid INTEGER PRIMARY KEY,
    report_id TEXT NOT NULL UNIQUE REFERENCES report(id)
);
CREATE VIRTUAL TABLE search USING fts5(title, issuer, body, content='', tokenize='unicode61');

CREATE TABLE search_facet (
    facet TEXT NOT NULL,
    value TEXT NOT NULL,
    hits BLOB NOT NULL,
    PRIMARY KEY (facet, value)
) WITHOUT ROWID;
CREATE TABLE figure (
    "table" TEXT NOT NULL,
    "row" TEXT NOT NULL,
    "column" TEXT NOT NULL,
    place_code TEXT NOT NULL,
    report_year INTEGER NOT NULL,
    report_id TEXT NOT NULL REFERENCES report(id),
    state TEXT NOT NULL,
    value,
    trust TEXT,
    sure INTEGER,
    adds INTEGER NOT NULL,
    PRIMARY KEY ("table", "row", "column", place_code, report_year, report_id)
) WITHOUT ROWID;

CREATE INDEX report_unit ON report(unit_id, report_year);
CREATE INDEX report_year ON report(report_year);
CREATE INDEX report_place ON report(place_code, report_year);
CREATE INDEX document_report ON document(report_id);
CREATE INDEX version_report ON version(report_id, document_id, sequence);
CREATE INDEX version_time ON version(captured_at);
CREATE INDEX version_changed ON version(captured_at) WHERE kind IN ('content', 'withdrawn');
CREATE INDEX capture_document ON capture(document_id, captured_at);
CREATE INDEX correction_report ON correction(report_id);
CREATE INDEX check_failed ON check_result(report_id, rule) WHERE status = 'fail';
CREATE INDEX finding_code ON finding(code);
CREATE INDEX finding_doubtful ON finding(report_id) WHERE severity IN ('error', 'warning');
CREATE INDEX cross_check_report ON cross_check(report_id, rule);
CREATE INDEX cross_check_other ON cross_check(other_report_id);
CREATE INDEX cross_check_unit ON cross_check(unit_id, report_year);
CREATE INDEX cross_check_status ON cross_check(status, rule);
CREATE INDEX withholding_report ON withholding(report_id);

-- The files: a view for each table of tables.toml, with its fields by name. CROSS JOIN keeps the order in which SQLite
-- walks: through reports by their key, and each report's rows by theirs, so that nothing is sorted.

CREATE VIEW wide AS
SELECT p.id AS report_id, p.unit_id, p.unit_name AS unit, u.kind AS unit_kind, p.level, p.place_code, p.place_name,
       p.report_year, p.scope, p.title, p.published, p.state AS report_state, p.source_url, p.captured_at, p.imported,
       json_extract(p.forms, '$.proactive_disclosure') AS form_t2, json_extract(p.forms, '$.requests') AS form_t3,
       json_extract(p.forms, '$.review_and_litigation') AS form_t4, json_extract(p.forms, '$.statistics') AS form_statistics,
       p.corrections, p.checks_failed, p.parser_version, (SELECT notice FROM release) AS notice
FROM report p CROSS JOIN unit u ON u.id = p.unit_id;

CREATE VIEW long AS
SELECT p.id AS report_id, p.unit_id, p.unit_name AS unit, p.place_code, p.report_year, p.scope, c."table", c."row", c."column",
       c.position, c.state, c.value, c.raw, c.unit AS unit_printed, c.label, c.trust, c.corrected_state, c.corrected_value,
       c."where", p.source_url, p.captured_at, (SELECT notice FROM release) AS notice
FROM report p CROSS JOIN cell c ON c.report_id = p.id;

CREATE VIEW sections AS
SELECT id AS report_id, unit_name AS unit, report_year, -1 AS position, 0 AS number, '' AS heading, preface AS text
FROM report WHERE preface <> ''
UNION ALL
SELECT s.report_id, p.unit_name, p.report_year, s.position, s.number, s.heading, s.text
FROM section s JOIN report p ON p.id = s.report_id;

CREATE VIEW versions AS
SELECT v.id AS version_id, v.report_id, p.unit_name AS unit, p.report_year, v.document_id, v.sequence, v.kind, v.captured_at,
       v.reason, v.text_changed, v.cells_changed, v.served, d.url AS source_url, v.body_sha256, v.parser_version
FROM version v JOIN report p ON p.id = v.report_id JOIN document d ON d.id = v.document_id;

CREATE VIEW cell_changes AS
SELECT x.version_id, v.report_id, x."table", x."row", x."column", x.state_before, x.value_before, x.state_after, x.value_after
FROM cell_change x JOIN version v ON v.id = x.version_id;

CREATE VIEW checks AS
SELECT p.id AS report_id, p.unit_name AS unit, p.report_year, k.position, k.rule, k.scope AS rule_scope, k.status, k.left_side,
       k.right_side, k.note
FROM report p CROSS JOIN check_result k ON k.report_id = p.id;

CREATE VIEW cross_checks AS
SELECT id AS cross_check_id, rule, unit_id, report_year, report_id, "within", other_unit_id, other_year, other_report_id,
       status, severity, left_side, right_side, evidence, message, message_zh
FROM cross_check;

CREATE VIEW findings AS
SELECT p.id AS report_id, p.unit_name AS unit, p.report_year, f.position, f.origin, f.code, f.severity, f.message, f.message_zh,
       f."where"
FROM report p CROSS JOIN finding f ON f.report_id = p.id;

CREATE VIEW corrections AS
SELECT c.id AS correction_id, c.report_id, p.unit_name AS unit, p.place_code, p.report_year, c."table", c."row", c."column",
       c.field AS identity, c.url AS document_url, c.printed_state, c.printed_value, c.state AS corrected_state,
       c.value AS corrected_text, c.agrees, c.why, c.evidence, c.author, c.made_at
FROM correction c JOIN report p ON p.id = c.report_id;

CREATE VIEW errata AS
SELECT e.report_id, p.unit_name AS unit, p.report_year,
       row_number() OVER (PARTITION BY e.report_id ORDER BY e.erratum, e.code, e."within", e.key) AS number,
       e.erratum, e.code, e."within", e.left_side, e.right_side, e.message, e.message_zh
FROM (
    SELECT report_id, 'correction' AS erratum, coalesce(field, 'cell') AS code,
           coalesce("table" || '/' || "row" || '/' || "column", url, '') AS "within", id AS key, printed_value AS left_side,
           value AS right_side, why AS message, why AS message_zh
    FROM correction WHERE NOT agrees
    UNION ALL
    SELECT report_id, 'check', rule, scope, position, left_side, right_side, coalesce(note, ''), coalesce(note, '')
    FROM check_result WHERE status = 'fail'
    UNION ALL
    SELECT report_id, 'cross_check', rule, "within", id, left_side, right_side, message, message_zh
    FROM cross_check WHERE status = 'fail' AND severity <> 'note' AND report_id IS NOT NULL
    UNION ALL
    SELECT report_id, 'finding', code, '', position, NULL, NULL, message, message_zh FROM finding WHERE severity = 'error'
) e JOIN report p ON p.id = e.report_id;

CREATE VIEW units AS
SELECT id AS unit_id, name AS unit, place_code, place_name, level, kind AS unit_kind, parent_id, parent_name, reports FROM unit;

CREATE VIEW unit_relations AS SELECT predecessor_id, successor_id, fate, reason FROM unit_relation;

CREATE VIEW places AS SELECT code AS place_code, name AS place_name, province_code, units, reports FROM place;

CREATE VIEW coverage AS SELECT unit_id, unit_name AS unit, report_year, state AS coverage, told_by FROM coverage_year;

CREATE VIEW portals AS
SELECT portal, url AS list_url, listed_on, completeness, declared_total, found_total, reason FROM portal_list;

CREATE VIEW columns AS
SELECT position, name AS wide_column, type, "table", "row", "column", zh, en, made_from FROM wide_column;

CREATE VIEW crosswalk AS
SELECT key AS concept, zh, en, local, since_2014, since_2019, comparable, note_zh, note_en FROM concept;

CREATE VIEW withheld AS
SELECT id AS withholding_id, withheld_on, kind, unit_id, unit_name AS unit, report_year, scope, body_sha256, why
FROM withholding;
