-- identity corrections, evidence of decisions on units, and the search index made anew

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

ALTER TABLE unit_decision ADD COLUMN evidence TEXT;

-- few cells are doubtful: to find the reports that have one, the others need not be looked at
CREATE INDEX cell_doubtful ON cell(reading_id, trust)
WHERE trust IS NULL OR trust = 'disputed' OR trust = 'inferred';

-- the index holds text folded in another way, and prefaces; its reports are put in again by the next derivation
INSERT INTO search (search) VALUES ('delete-all');
DELETE FROM search_entry;
INSERT OR IGNORE INTO stale_document SELECT url FROM document;
