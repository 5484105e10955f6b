-- what people decided to keep out of the site and of releases

-- decisions: a report, a passage of it, or a captured page; the archive itself keeps all of them
CREATE TABLE withholding (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    unit_id TEXT,
    report_year INTEGER,
    scope TEXT,
    urls TEXT NOT NULL,
    body_sha256 TEXT,
    passage TEXT,
    why TEXT NOT NULL,
    author TEXT NOT NULL,
    made_at TEXT NOT NULL,
    undoes TEXT REFERENCES withholding(id)
) STRICT;

CREATE VIEW withholding_in_force AS
SELECT w.* FROM withholding w
WHERE w.undoes IS NULL AND NOT EXISTS (SELECT 1 FROM withholding u WHERE u.undoes = w.id);

-- a report stays withheld under whatever unit, year or scope its documents are filed later, and so does a later copy of it
CREATE VIEW withheld_report AS
SELECT w.id, p.id AS report_id FROM withholding_in_force w
JOIN report p ON p.unit_id = w.unit_id AND p.report_year = w.report_year AND p.scope = w.scope
UNION
SELECT w.id, d.report_id FROM withholding_in_force w, json_each(w.urls) u JOIN document d ON d.url = u.value;
