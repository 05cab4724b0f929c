-- What operators corrected, so that reading can be learned again from the office's own messages. The words are
-- people's data: sealed, and erased with the person (reporter_id).
CREATE TABLE corrections (
    report_id TEXT PRIMARY KEY,
    polres TEXT NOT NULL,
    reporter_id TEXT NOT NULL,
    category TEXT NOT NULL,
    priority BIGINT NOT NULL,
    corrected_us BIGINT NOT NULL,
    sealed BLOB NOT NULL
);
CREATE INDEX corrections_by_polres ON corrections (polres, corrected_us);
CREATE INDEX corrections_by_reporter ON corrections (reporter_id);
