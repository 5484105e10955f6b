-- identity corrections, corrections that follow their document, evidence of decisions on units, and the search index made anew

-- decisions: whose report a document is, against what is read out of it
CREATE TABLE identity_correction (
    id TEXT PRIMARY KEY,
    url TEXT NOT NULL,
    field TEXT NOT NULL,
    value TEXT NOT NULL,
    read_value TEXT,
    why TEXT NOT NULL,
    evidence TEXT,
    author TEXT NOT NULL,
    made_at TEXT NOT NULL,
    undoes TEXT REFERENCES identity_correction(id)
) STRICT;
CREATE INDEX identity_correction_url ON identity_correction(url);

-- of a field corrected twice the later correction is in force; one that was undone is not
CREATE VIEW identity_in_force AS
SELECT c.* FROM identity_correction c
WHERE c.undoes IS NULL
  AND NOT EXISTS (SELECT 1 FROM identity_correction u WHERE u.undoes = c.id)
  AND NOT EXISTS (
    SELECT 1 FROM identity_correction l
    WHERE l.undoes IS NULL AND NOT EXISTS (SELECT 1 FROM identity_correction u WHERE u.undoes = l.id)
      AND l.url = c.url AND l.field = c.field AND (l.made_at, l.id) > (c.made_at, c.id));

-- a correction of a figure was made on what was shown: it goes with that document, wherever it is filed; where the document is
-- not there, or the correction names none, with its unit, year and scope
ALTER TABLE correction ADD COLUMN url TEXT;
CREATE INDEX document_url ON document(url);
DROP VIEW correction_in_force;
CREATE VIEW correction_of_report AS
SELECT c.*, coalesce(
    (SELECT d.report_id FROM document d WHERE d.url = c.url),
    (SELECT p.id FROM report p WHERE p.unit_id = c.unit_id AND p.report_year = c.report_year AND p.scope = c.scope)
) AS report_id
FROM correction c;
CREATE INDEX correction_undoes ON correction(undoes) WHERE undoes IS NOT NULL;
CREATE VIEW correction_filed AS
SELECT c.* FROM correction_of_report c
WHERE c.undoes IS NULL AND NOT EXISTS (SELECT 1 FROM correction u WHERE u.undoes = c.id);
CREATE VIEW correction_in_force AS
SELECT * FROM (
    SELECT c.*, row_number() OVER (
        PARTITION BY coalesce(c.report_id, c.unit_id || '/' || c.report_year || '/' || c.scope), c."table", c."row", c."column"
        ORDER BY c.made_at DESC, c.id DESC) AS recency
    FROM correction_filed c
) WHERE recency = 1;

ALTER TABLE unit_decision ADD COLUMN evidence TEXT;

-- few cells are doubtful: to find the reports that have one, the others need not be looked at
CREATE INDEX cell_doubtful ON cell(reading_id, trust)
WHERE trust IS NULL OR trust = 'disputed' OR trust = 'inferred';

-- the index holds text folded in another way, and prefaces; its reports are put in again by the next derivation
INSERT INTO search (search) VALUES ('delete-all');
DELETE FROM search_entry;
INSERT OR IGNORE INTO stale_document SELECT url FROM document;
