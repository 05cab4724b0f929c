-- People who use the citizen app. An account is a reporter who proved his telephone number; the same
-- person on WhatsApp is the same reporter. Codes and tokens are kept as keyed hashes only.
CREATE TABLE citizen_accounts (
    reporter_id TEXT PRIMARY KEY,
    polres TEXT NOT NULL,
    notify_whatsapp BOOLEAN NOT NULL,
    created_us BIGINT NOT NULL
);

-- One code at a time for each number; `sealed` is what he registered with.
CREATE TABLE citizen_codes (
    phone TEXT PRIMARY KEY,
    code BLOB NOT NULL,
    sealed BLOB NOT NULL,
    tries BIGINT NOT NULL,
    sent_us BIGINT NOT NULL,
    expires_us BIGINT NOT NULL
);

CREATE TABLE citizen_sessions (
    token_hash BLOB PRIMARY KEY,
    reporter_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    created_us BIGINT NOT NULL,
    expires_us BIGINT NOT NULL,
    revoked BOOLEAN NOT NULL
);
CREATE INDEX citizen_sessions_by_reporter ON citizen_sessions (reporter_id);

-- "My reports".
CREATE INDEX reports_by_reporter ON reports (reporter_id, received_us);
