-- What differs between two releases, attached as `before` and `now`; a report is looked into where anything it was read from, or
-- the parser, or a decision on it is another. One statement, a view of the changes in the order in which they are published.
CREATE TEMP TABLE touched AS
SELECT b.id, CASE WHEN a.document_id <> b.document_id THEN 'document' WHEN a.body_sha256 <> b.body_sha256 THEN 'content'
                  ELSE 'technical' END AS cause
FROM before.report a JOIN now.report b ON b.id = a.id
WHERE (a.version_id, a.document_id, a.body_sha256, a.parser_version, a.cells)
   IS NOT (b.version_id, b.document_id, b.body_sha256, b.parser_version, b.cells);

CREATE TEMP TABLE cell_difference AS
SELECT t.id AS report_id, t.cause, a."table", a."row", a."column", a.state AS state_before, a.value AS value_before,
       b.state AS state_after, b.value AS value_after
FROM touched t CROSS JOIN before.cell a ON a.report_id = t.id
LEFT JOIN now.cell b ON b.report_id = t.id AND b."table" = a."table" AND b."row" = a."row" AND b."column" = a."column"
WHERE (a.state, a.value) IS NOT (b.state, b.value)
UNION ALL
SELECT t.id, t.cause, b."table", b."row", b."column", NULL, NULL, b.state, b.value
FROM touched t CROSS JOIN now.cell b ON b.report_id = t.id
WHERE NOT EXISTS (SELECT 1 FROM before.cell a WHERE a.report_id = t.id AND a."table" = b."table" AND a."row" = b."row"
                  AND a."column" = b."column");

CREATE TEMP TABLE difference AS
SELECT 1 AS rank, 'report_added' AS change, NULL AS cause, b.id AS report_id, b.unit_name AS unit, b.report_year,
       NULL AS "table", NULL AS "row", NULL AS "column", NULL AS state_before, NULL AS value_before, b.state AS state_after,
       NULL AS value_after
FROM now.report b WHERE b.id NOT IN (SELECT id FROM before.report)
UNION ALL
SELECT 2, CASE WHEN a.id IN (SELECT report_id FROM now.withholding WHERE kind = 'report') THEN 'report_withheld'
               ELSE 'report_removed' END,
       CASE WHEN a.id IN (SELECT report_id FROM now.withholding WHERE kind = 'report') THEN 'withholding' END,
       a.id, a.unit_name, a.report_year, NULL, NULL, NULL, a.state, NULL, NULL, NULL
FROM before.report a WHERE a.id NOT IN (SELECT id FROM now.report)
UNION ALL
SELECT 3, CASE b.state WHEN 'withdrawn' THEN 'report_withdrawn' ELSE 'report_restored' END, 'content', b.id, b.unit_name,
       b.report_year, NULL, NULL, NULL, a.state, NULL, b.state, NULL
FROM before.report a JOIN now.report b ON b.id = a.id WHERE a.state <> b.state
UNION ALL
SELECT 4, 'text_changed', t.cause, t.id, b.unit_name, b.report_year, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM touched t JOIN now.report b ON b.id = t.id JOIN before.report a ON a.id = t.id
WHERE a.title IS NOT b.title OR a.preface IS NOT b.preface
   OR EXISTS (SELECT position, heading, text FROM before.section WHERE report_id = t.id
              EXCEPT SELECT position, heading, text FROM now.section WHERE report_id = t.id)
   OR EXISTS (SELECT position, heading, text FROM now.section WHERE report_id = t.id
              EXCEPT SELECT position, heading, text FROM before.section WHERE report_id = t.id)
UNION ALL
SELECT 5, CASE WHEN d.state_before IS NULL THEN 'cell_added' WHEN d.state_after IS NULL THEN 'cell_removed' ELSE 'cell_changed' END,
       d.cause, d.report_id, b.unit_name, b.report_year, d."table", d."row", d."column", d.state_before, d.value_before,
       d.state_after, d.value_after
FROM cell_difference d JOIN now.report b ON b.id = d.report_id
UNION ALL
SELECT 6, 'correction_made', 'correction', k.report_id, b.unit_name, b.report_year, k."table", k."row", k."column",
       k.printed_state, k.printed_value, k.state, k.value
FROM now.correction k JOIN now.report b ON b.id = k.report_id
WHERE k."table" IS NOT NULL AND k.id NOT IN (SELECT id FROM before.correction)
UNION ALL
SELECT 7, 'correction_undone', 'correction', k.report_id, b.unit_name, b.report_year, k."table", k."row", k."column",
       k.state, k.value, k.printed_state, k.printed_value
FROM before.correction k JOIN now.report b ON b.id = k.report_id
WHERE k."table" IS NOT NULL AND k.id NOT IN (SELECT id FROM now.correction)
UNION ALL
SELECT 8, w.kind || '_withheld', 'withholding', w.report_id, w.unit_name, w.report_year, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM now.withholding w WHERE w.kind <> 'report' AND w.id NOT IN (SELECT id FROM before.withholding)
UNION ALL
SELECT 9, w.kind || '_shown_again', 'withholding', w.report_id, w.unit_name, w.report_year, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM before.withholding w WHERE w.kind <> 'report' AND w.id NOT IN (SELECT id FROM now.withholding);

CREATE TEMP VIEW changes AS
SELECT row_number() OVER (ORDER BY rank, report_id, "table", "row", "column") AS number, change, cause, report_id, unit, report_year,
       "table", "row", "column", state_before, value_before, state_after, value_after
FROM difference;
