-- the register of units: filing, relations, the queue and people's decisions

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
