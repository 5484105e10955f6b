-- Fills a release from the archive (attached as `kept`) and its bodies (`bodies`); :date :format :notice :sample are given,
-- and `chosen` holds the reports that are wanted.
-- Every statement is ordered, so that the same archive gives the same bytes. Counts become integers, money stays text.

-- A report is served by the newest version with a reading of its preferred document: a withdrawn document has a
-- last version without one, and so keeps its last good reading.
CREATE TEMP TABLE served (
    report_id TEXT PRIMARY KEY, version_id TEXT, reading_id TEXT, captured_at TEXT, document_id TEXT, url TEXT,
    imported INTEGER, body_sha256 TEXT, state TEXT, state_since TEXT
) WITHOUT ROWID;

INSERT INTO served
SELECT p.id, v.id, v.reading_id, v.captured_at, d.id, d.url, d.imported, r.body_sha256,
       CASE newest.kind WHEN 'withdrawn' THEN 'withdrawn' ELSE 'current' END, newest.captured_at
FROM kept.report p
JOIN kept.document d ON d.id = p.preferred_document
JOIN kept.version v ON v.document_id = d.id AND v.reading_id IS NOT NULL
JOIN kept.reading r ON r.id = v.reading_id
JOIN kept.version newest ON newest.document_id = d.id
WHERE p.id IN (SELECT report_id FROM chosen)
  AND v.sequence = (SELECT max(sequence) FROM kept.version w WHERE w.document_id = d.id AND w.reading_id IS NOT NULL)
  AND newest.sequence = (SELECT max(sequence) FROM kept.version w WHERE w.document_id = d.id)
ORDER BY p.id;

CREATE TEMP TABLE published_document AS
SELECT d.* FROM kept.document d JOIN served s ON s.report_id = d.report_id
WHERE EXISTS (SELECT 1 FROM kept.version v WHERE v.document_id = d.id) ORDER BY d.id;

-- A version may rest on a list that no longer names its document: that capture has no document of its own.
CREATE TEMP TABLE published_capture AS
SELECT id, max(document_id) AS document_id FROM (
    SELECT c.id, d.id AS document_id FROM kept.capture c JOIN published_document d ON d.url = c.url
    UNION ALL
    SELECT v.capture_id, NULL FROM kept.version v JOIN published_document d ON d.id = v.document_id
) GROUP BY id;

INSERT INTO unit
SELECT u.id, u.name, u.place_code, u.place_name, u.level, u.kind, u.parent_id, u.parent_name, count(*)
FROM served s
JOIN kept.report p ON p.id = s.report_id JOIN kept.unit u ON u.id = p.unit_id GROUP BY u.id ORDER BY u.id;

INSERT INTO capture
SELECT c.id, k.document_id, c.url, c.captured_at, c.outcome, c.status,
       coalesce(c.verdict, (SELECT r.verdict FROM kept.reading r WHERE r.body_sha256 = c.body_sha256 AND r.url = c.url
                            ORDER BY r.parser_version DESC LIMIT 1)),
       c.reason, published_headers(c.headers), c.body_sha256, c.body_size, c.portal, c.imported
FROM published_capture k JOIN kept.capture c ON c.id = k.id ORDER BY c.captured_at, c.id;

INSERT INTO document
SELECT d.id, d.url, d.report_id, d.portal, d.imported, d.id IN (SELECT document_id FROM served)
FROM published_document d ORDER BY d.id;

INSERT INTO version
SELECT v.id, d.report_id, d.id, v.sequence, v.kind, v.captured_at, v.reason,
       coalesce(r.text_hash <> lag(r.text_hash) OVER (PARTITION BY v.document_id, v.reading_id IS NULL
                                                      ORDER BY v.sequence), 0),
       (SELECT count(*) FROM kept.cell_change x WHERE x.version_id = v.id),
       v.id IN (SELECT version_id FROM served), v.capture_id, r.body_sha256, r.parser_version
FROM kept.version v JOIN published_document d ON d.id = v.document_id LEFT JOIN kept.reading r ON r.id = v.reading_id
ORDER BY d.report_id, d.id, v.sequence;

INSERT INTO cell_change
SELECT x.version_id, x."table", x."row", x."column", x.state_before, x.value_before,
       x.state_after, x.value_after
FROM kept.cell_change x WHERE x.version_id IN (SELECT id FROM main.version)
ORDER BY x.version_id, x."table", x."row", x."column";

CREATE TEMP TABLE corrected AS SELECT * FROM kept.correction_in_force;
CREATE INDEX temp.corrected_cell ON corrected(report_id, "table", "row", "column");

INSERT INTO cell
SELECT s.report_id, c."table", c."row", c."column", c.position, c.state, c.value,
       c.raw, c.unit, c.label, c.trust, c."where", k.state, k.value
FROM served s JOIN kept.cell c ON c.reading_id = s.reading_id
LEFT JOIN corrected k ON k.report_id = s.report_id AND k."table" = c."table" AND k."row" = c."row" AND k."column" = c."column"
ORDER BY s.report_id, c."table", c."row", c."column";

INSERT INTO correction
SELECT k.id, k.report_id, k."table", k."row", k."column", NULL, NULL, coalesce(c.state, 'absent'), c.value, k.state, k.value,
       c.state IS k.state AND c.value IS k.value, k.why, k.evidence, k.author, k.made_at
FROM corrected k JOIN served s ON s.report_id = k.report_id
LEFT JOIN main.cell c ON c.report_id = k.report_id AND c."table" = k."table" AND c."row" = k."row" AND c."column" = k."column"
ORDER BY k.id;

INSERT INTO correction
SELECT i.id, d.report_id, NULL, NULL, NULL, i.field, i.url, CASE WHEN decided.now_read IS NULL THEN 'absent' ELSE 'value' END,
       decided.now_read, 'value', i.value, decided.agrees, i.why, i.evidence, i.author, i.made_at
FROM published_document d JOIN kept.identity_in_force i ON i.url = d.url JOIN decided ON decided.id = i.id ORDER BY i.id;

INSERT INTO section
SELECT s.report_id, x.position, x.number, x.heading, x.text
FROM served s JOIN kept.section x ON x.reading_id = s.reading_id ORDER BY s.report_id, x.position;

INSERT INTO check_result
SELECT s.report_id, x.position, x.rule, x.scope, x.status, CASE WHEN x.left_side IS NULL OR x.left_side GLOB '*[^0-9-]*' THEN x.left_side ELSE CAST(x.left_side AS INTEGER) END,
       CASE WHEN x.right_side IS NULL OR x.right_side GLOB '*[^0-9-]*' THEN x.right_side ELSE CAST(x.right_side AS INTEGER) END, x.note
FROM served s JOIN kept.check_result x ON x.reading_id = s.reading_id ORDER BY s.report_id, x.position;

INSERT INTO finding
SELECT report_id, row_number() OVER (PARTITION BY report_id ORDER BY origin DESC, position, key) - 1,
       origin, code, severity, message, message_zh, place
FROM (
    SELECT s.report_id, 'reading' AS origin, x.position, '' AS key, x.code, x.severity, x.message, x.message_zh,
           x."where" AS place
    FROM served s JOIN kept.finding x ON x.reading_id = s.reading_id
    UNION ALL
    SELECT s.report_id, 'archive', 0, a.id, a.code, a.severity, a.message, a.message_zh, NULL
    FROM served s JOIN kept.archive_finding a ON a.document_id IN (SELECT id FROM published_document d WHERE d.report_id = s.report_id)
) ORDER BY 1, 2;

INSERT INTO report
SELECT s.report_id, r.title, p.unit_id, u.name, u.place_code, u.place_name, r.region_evidence, u.level, p.report_year,
       p.scope, r.title_raw, r.issuer, r.issuer_raw, r.published, r.forms, r.script, r.format, r.preface, s.state,
       s.state_since,
       (SELECT count(*) FROM main.version v WHERE v.report_id = s.report_id),
       count(c.position),
       count(*) FILTER (WHERE c.trust = 'verified'), count(*) FILTER (WHERE c.trust = 'stated'),
       count(*) FILTER (WHERE c.trust = 'inferred'), count(*) FILTER (WHERE c.trust = 'disputed'),
       count(*) FILTER (WHERE c.state = 'undecidable'),
       (SELECT count(*) FROM main.check_result k WHERE k.report_id = s.report_id AND k.status = 'fail'),
       (SELECT count(*) FROM main.finding f WHERE f.report_id = s.report_id),
       (SELECT count(*) FROM main.correction x WHERE x.report_id = s.report_id),
       s.document_id, s.version_id, s.url, s.captured_at, s.body_sha256, s.imported, r.parser_version, :sample
FROM served s JOIN kept.report p ON p.id = s.report_id JOIN kept.unit u ON u.id = p.unit_id
JOIN kept.reading r ON r.id = s.reading_id LEFT JOIN main.cell c ON c.report_id = s.report_id
GROUP BY s.report_id ORDER BY s.report_id;

INSERT INTO cross_check
SELECT x.id, x.rule, x.unit_id, x.report_year, x.report_id, x.within, x.other_unit_id, x.other_year, x.other_report_id, x.status,
       x.severity, x.left_side, x.right_side, x.evidence, x.message, x.message_zh
FROM kept.cross_check x
WHERE (x.report_id IS NULL OR x.report_id IN (SELECT report_id FROM served))
  AND (x.other_report_id IS NULL OR x.other_report_id IN (SELECT report_id FROM served))
  AND (x.report_id IS NOT NULL OR x.unit_id IN (SELECT id FROM main.unit))
ORDER BY x.id;

INSERT INTO unit_relation
SELECT r.predecessor_id, r.successor_id, r.fate, r.reason FROM kept.unit_relation r
WHERE r.predecessor_id IN (SELECT id FROM main.unit) OR r.successor_id IN (SELECT id FROM main.unit)
ORDER BY r.predecessor_id, r.successor_id;

INSERT INTO place
SELECT place_code, min(coalesce(place_name, '')), substr(place_code, 1, 2) || '0000', count(*), sum(reports)
FROM main.unit WHERE place_code IS NOT NULL GROUP BY place_code ORDER BY place_code;

INSERT INTO release
SELECT :date, :format, :notice, :sample, max(parser_version), (SELECT count(*) FROM main.unit), count(*),
       coalesce(sum(state = 'withdrawn'), 0), (SELECT count(*) FROM main.version), (SELECT count(*) FROM main.capture),
       coalesce(sum(cells), 0), coalesce(sum(cells_verified), 0), coalesce(sum(cells_stated), 0),
       coalesce(sum(cells_inferred), 0), coalesce(sum(cells_disputed), 0), coalesce(sum(cells_undecidable), 0),
       coalesce(sum(checks_failed), 0), min(report_year), max(report_year)
FROM main.report;
