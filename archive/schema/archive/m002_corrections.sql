-- corrections, and which documents are to be derived again

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
