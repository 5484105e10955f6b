-- cross-checks between reports, what they rest on, and what people said of their outcomes

-- derived: one rule applied to one report and what it is compared with
CREATE TABLE cross_check (
    id TEXT PRIMARY KEY,
    rule TEXT NOT NULL,
    unit_id TEXT NOT NULL,
    report_year INTEGER NOT NULL,
    report_id TEXT,
    within TEXT NOT NULL,
    other_unit_id TEXT,
    other_year INTEGER,
    other_report_id TEXT,
    status TEXT NOT NULL,
    severity TEXT NOT NULL,
    left_side TEXT,
    right_side TEXT,
    evidence TEXT NOT NULL,
    message TEXT NOT NULL,
    message_zh TEXT NOT NULL
) STRICT;
CREATE INDEX cross_check_unit ON cross_check(unit_id, report_year);
CREATE INDEX cross_check_report ON cross_check(report_id);
CREATE INDEX cross_check_other ON cross_check(other_unit_id, other_year);
CREATE INDEX cross_check_status ON cross_check(status, rule);

-- derived: the sketch of a narrative, by which like narratives are found among all
CREATE TABLE narrative_sketch (
    reading_id TEXT PRIMARY KEY,
    method TEXT NOT NULL,
    shingles INTEGER NOT NULL,
    sketch BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- decisions: what is known from elsewhere and contradicts a report (rule G5)
CREATE TABLE contradiction (
    id TEXT PRIMARY KEY,
    unit_id TEXT NOT NULL,
    report_year INTEGER NOT NULL,
    scope TEXT NOT NULL,
    why TEXT NOT NULL,
    evidence TEXT NOT NULL,
    author TEXT NOT NULL,
    made_at TEXT NOT NULL,
    undoes TEXT REFERENCES contradiction(id)
) STRICT;
CREATE INDEX contradiction_report ON contradiction(unit_id, report_year);
CREATE VIEW contradiction_in_force AS
SELECT c.* FROM contradiction c
WHERE c.undoes IS NULL AND NOT EXISTS (SELECT 1 FROM contradiction u WHERE u.undoes = c.id);

-- evidence: what a person has seen of what `gongkai check` lists
CREATE TABLE acknowledgement (
    alert_id TEXT PRIMARY KEY,
    rule TEXT NOT NULL,
    author TEXT NOT NULL,
    made_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- units and years whose cross-checks are to be derived again. Triggers keep it, because whatever changes one side of a comparison
-- must, by whichever way it is written. One may stand here twice: within a trigger the conflict clause of the statement that fired it
-- holds, and OR IGNORE would not
CREATE TABLE stale_cross_check (
    unit_id TEXT NOT NULL,
    report_year INTEGER NOT NULL
) STRICT;
INSERT INTO stale_cross_check SELECT DISTINCT unit_id, report_year FROM report;

CREATE TRIGGER report_made AFTER INSERT ON report BEGIN
    INSERT INTO stale_cross_check VALUES (NEW.unit_id, NEW.report_year);
    INSERT INTO stale_cross_check
        SELECT parent_id, NEW.report_year FROM unit WHERE id = NEW.unit_id AND parent_id IS NOT NULL;
END;
CREATE TRIGGER report_dropped AFTER DELETE ON report BEGIN
    INSERT INTO stale_cross_check VALUES (OLD.unit_id, OLD.report_year);
    INSERT INTO stale_cross_check
        SELECT parent_id, OLD.report_year FROM unit WHERE id = OLD.unit_id AND parent_id IS NOT NULL;
END;
CREATE TRIGGER report_shows_another AFTER UPDATE OF preferred_document ON report
WHEN NEW.preferred_document IS NOT OLD.preferred_document BEGIN
    INSERT INTO stale_cross_check VALUES (NEW.unit_id, NEW.report_year);
END;
CREATE TRIGGER document_filed AFTER INSERT ON document BEGIN
    INSERT INTO stale_cross_check SELECT unit_id, report_year FROM report WHERE id = NEW.report_id;
END;
CREATE TRIGGER document_moved AFTER UPDATE OF report_id ON document WHEN NEW.report_id IS NOT OLD.report_id BEGIN
    INSERT INTO stale_cross_check
        SELECT unit_id, report_year FROM report WHERE id IN (NEW.report_id, OLD.report_id);
END;
CREATE TRIGGER version_made AFTER INSERT ON version BEGIN
    INSERT INTO stale_cross_check
        SELECT p.unit_id, p.report_year FROM document d JOIN report p ON p.id = d.report_id WHERE d.id = NEW.document_id;
END;
CREATE TRIGGER version_dropped AFTER DELETE ON version BEGIN
    INSERT INTO stale_cross_check
        SELECT p.unit_id, p.report_year FROM document d JOIN report p ON p.id = d.report_id WHERE d.id = OLD.document_id;
END;
-- a page seen again, or with another date and nothing else, makes no version
CREATE TRIGGER document_stale AFTER INSERT ON stale_document BEGIN
    INSERT INTO stale_cross_check
        SELECT p.unit_id, p.report_year FROM document d JOIN report p ON p.id = d.report_id WHERE d.url = NEW.url;
END;
CREATE TRIGGER unit_related AFTER INSERT ON unit_relation BEGIN
    INSERT INTO stale_cross_check
        SELECT unit_id, report_year FROM report WHERE unit_id IN (NEW.predecessor_id, NEW.successor_id);
END;
CREATE TRIGGER unit_unrelated AFTER DELETE ON unit_relation BEGIN
    INSERT INTO stale_cross_check
        SELECT unit_id, report_year FROM report WHERE unit_id IN (OLD.predecessor_id, OLD.successor_id);
END;
CREATE TRIGGER correction_made AFTER INSERT ON correction BEGIN
    INSERT INTO stale_cross_check VALUES (NEW.unit_id, NEW.report_year);
END;
CREATE TRIGGER contradiction_made AFTER INSERT ON contradiction BEGIN
    INSERT INTO stale_cross_check VALUES (NEW.unit_id, NEW.report_year);
END;
