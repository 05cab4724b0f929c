-- Calls to 110: what people list and count, derived from the journal; and apart from it, sealed, what
-- the exchange wrote of the caller and what an operator has typed so far.
CREATE TABLE calls (
    id TEXT PRIMARY KEY,
    polres TEXT NOT NULL,
    line TEXT NOT NULL,
    reporter_id TEXT NOT NULL,
    state TEXT NOT NULL,
    result TEXT,
    level TEXT NOT NULL,
    claimed_by TEXT,
    report_id TEXT,
    polsek TEXT,
    lng DOUBLE PRECISION,
    lat DOUBLE PRECISION,
    received_us BIGINT NOT NULL,
    claimed_us BIGINT,
    answered_us BIGINT,
    ended_us BIGINT,
    settled_us BIGINT,
    called_back_us BIGINT,
    body TEXT NOT NULL
);
CREATE INDEX calls_by_arrival ON calls (polres, received_us, id);
CREATE INDEX calls_by_reporter ON calls (polres, reporter_id, received_us);

CREATE TABLE call_papers (
    call_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    reporter_id TEXT NOT NULL,
    saved_us BIGINT NOT NULL,
    sealed BYTEA NOT NULL,
    CONSTRAINT call_papers_pkey PRIMARY KEY (call_id, kind)
);
CREATE INDEX call_papers_by_reporter ON call_papers (reporter_id);

-- The caller's history beside a ringing call.
CREATE INDEX reports_by_caller ON reports (polres, reporter_id, received_us);
