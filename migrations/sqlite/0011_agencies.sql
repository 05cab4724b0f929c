-- Other agencies a matter can be passed to, what is said with it and what comes back, and what is on
-- its way to them. Names, numbers and words are people's data: sealed. A removed agency keeps its row,
-- because journals refer to it.
CREATE TABLE agencies (
    id TEXT PRIMARY KEY,
    polres TEXT NOT NULL,
    kind TEXT NOT NULL,
    categories TEXT NOT NULL,
    areas TEXT NOT NULL,
    channel TEXT NOT NULL,
    example BOOLEAN NOT NULL,
    created_us BIGINT NOT NULL,
    updated_us BIGINT NOT NULL,
    removed_us BIGINT,
    sealed BLOB NOT NULL
);
CREATE INDEX agencies_by_office ON agencies (polres, id);

CREATE TABLE referral_notes (
    id TEXT PRIMARY KEY,
    referral_id TEXT NOT NULL,
    from_agency BOOLEAN NOT NULL,
    at_us BIGINT NOT NULL,
    sealed BLOB NOT NULL
);
CREATE INDEX referral_notes_by_referral ON referral_notes (referral_id, at_us);

-- One row a referral: the link is sent once, and again with each reminder.
CREATE TABLE referral_deliveries (
    referral_id TEXT PRIMARY KEY,
    polres TEXT NOT NULL,
    agency_id TEXT NOT NULL,
    channel TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    reminders BIGINT NOT NULL,
    next_us BIGINT NOT NULL,
    created_us BIGINT NOT NULL,
    sent_us BIGINT,
    error TEXT,
    sealed BLOB NOT NULL
);
CREATE INDEX referral_deliveries_due ON referral_deliveries (next_us) WHERE state = 'waiting';
