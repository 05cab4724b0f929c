-- People's data, apart from the journal so that they can be erased (UU 27/2022) without breaking its
-- chain. What identifies a person is sealed; it is found again by blind index.
CREATE TABLE reporters (
    id TEXT PRIMARY KEY,
    sealed BYTEA NOT NULL,
    created_us BIGINT NOT NULL,
    updated_us BIGINT NOT NULL
);

CREATE TABLE reporter_aliases (
    alias TEXT NOT NULL,
    kind TEXT NOT NULL,
    reporter_id TEXT NOT NULL,
    CONSTRAINT reporter_aliases_pkey PRIMARY KEY (alias)
);
CREATE INDEX reporter_aliases_by_reporter ON reporter_aliases (reporter_id);

CREATE TABLE messages (
    id TEXT PRIMARY KEY,
    polres TEXT NOT NULL,
    report_id TEXT NOT NULL,
    reporter_id TEXT NOT NULL,
    channel TEXT NOT NULL,
    direction TEXT NOT NULL,
    external_id TEXT,
    kind TEXT NOT NULL,
    sent_us BIGINT NOT NULL,
    received_us BIGINT NOT NULL,
    status TEXT,
    sealed BYTEA NOT NULL
);
CREATE UNIQUE INDEX one_message_per_external_id ON messages (channel, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX messages_by_report ON messages (report_id, received_us);

-- What the messages of a report mean, with the reporter's own words.
CREATE TABLE readings (report_id TEXT PRIMARY KEY, sealed BYTEA NOT NULL);
