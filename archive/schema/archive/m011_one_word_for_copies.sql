-- copies that disagree are told by the cross-check G4 alone

DELETE FROM archive_finding WHERE code = 'documents_disagree';
-- no finding of the archive was about a capture, and none is about a report any more
ALTER TABLE archive_finding DROP COLUMN report_id;
ALTER TABLE archive_finding DROP COLUMN capture_id;
-- figures of versions and copies are compared where they mean the same
INSERT OR IGNORE INTO stale_cross_check SELECT DISTINCT unit_id, report_year FROM report;
