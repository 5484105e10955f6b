-- a correction goes with its document, wherever that is filed by now

DROP TRIGGER correction_made;
CREATE TRIGGER correction_made AFTER INSERT ON correction BEGIN
    INSERT INTO stale_cross_check VALUES (NEW.unit_id, NEW.report_year);
    INSERT INTO stale_cross_check
        SELECT p.unit_id, p.report_year FROM document d JOIN report p ON p.id = d.report_id WHERE d.url = NEW.url;
END;
