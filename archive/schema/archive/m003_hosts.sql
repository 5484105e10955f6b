-- which hosts are left alone, from one run to the next, and why a request was not made in its run

CREATE TABLE host_rest (
    authority TEXT NOT NULL,
    began_at TEXT NOT NULL,
    until TEXT,
    run_id TEXT NOT NULL REFERENCES run(id),
    reason TEXT NOT NULL,
    strikes INTEGER NOT NULL,
    PRIMARY KEY (authority, began_at)
) STRICT;
ALTER TABLE frontier ADD COLUMN skipped TEXT;
CREATE INDEX frontier_portal ON frontier(portal);
CREATE INDEX capture_portal ON capture(portal);
CREATE INDEX document_portal ON document(portal);
