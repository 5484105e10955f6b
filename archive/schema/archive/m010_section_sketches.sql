-- a section taken from another body is found by a sketch of its own

-- derived: the sketch of a narrative, or of a section of it (`within` as in cross_check), by which like texts are found among all
DROP TABLE narrative_sketch;
CREATE TABLE narrative_sketch (
    reading_id TEXT NOT NULL,
    within TEXT NOT NULL,
    method TEXT NOT NULL,
    shingles INTEGER NOT NULL,
    sketch BLOB NOT NULL,
    PRIMARY KEY (reading_id, within)
) STRICT, WITHOUT ROWID;
INSERT INTO stale_cross_check SELECT DISTINCT unit_id, report_year FROM report;
