-- Fills `figure` from the rest of a release.
-- `sure` is the figure that may be counted: one that a person corrected, else one that is verified or stated. `adds` is 1 for a
-- report that speaks for its body alone, but for that of a government's office beside the government's own on the year: both may
-- tell the same requests.

INSERT INTO figure
SELECT :table, :row, :column, coalesce(p.place_code, :nowhere), p.report_year, p.id, c.state, c.value, c.trust,
       CASE WHEN c.corrected_state IS NOT NULL
            THEN CASE WHEN c.corrected_state = 'value' AND typeof(c.corrected_value) = 'integer' THEN c.corrected_value END
            WHEN c.state = 'value' AND c.trust IN ('verified', 'stated') AND typeof(c.value) = 'integer' THEN c.value END,
       p.scope = 'own_body' AND NOT EXISTS (
           SELECT 1 FROM unit o JOIN unit g ON g.place_code = o.place_code JOIN report q ON q.unit_id = g.id
           WHERE o.id = p.unit_id AND o.kind = 'office' AND g.kind = 'government' AND q.report_year = p.report_year
             AND q.scope = 'own_body')
FROM report p CROSS JOIN cell c
     ON c.report_id = p.id AND c."table" = :table AND c."row" = :row AND c."column" = :column
ORDER BY 4, 5, 6
