-- What came in and is not yet worked off, what is to go out and is not yet delivered: nothing that
-- was acknowledged is lost between a door and the journal, or between the journal and a telephone.
CREATE TABLE inbox (
    id TEXT PRIMARY KEY,
    channel TEXT NOT NULL,
    received_us BIGINT NOT NULL,
    done_us BIGINT,
    sealed BYTEA NOT NULL
);
CREATE INDEX inbox_undone ON inbox (received_us, id) WHERE done_us IS NULL;
CREATE INDEX inbox_done ON inbox (done_us) WHERE done_us IS NOT NULL;

-- line: the order in which messages were recorded, which is the order a reporter gets them in.
CREATE TABLE outbox (
    line BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    polres TEXT NOT NULL,
    report_id TEXT NOT NULL,
    reporter_id TEXT NOT NULL,
    template TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    next_us BIGINT NOT NULL,
    created_us BIGINT NOT NULL,
    external_id TEXT,
    error TEXT,
    sealed BYTEA NOT NULL
);
CREATE INDEX outbox_waiting ON outbox (reporter_id, line) WHERE state = 'waiting';
CREATE INDEX outbox_due ON outbox (next_us) WHERE state = 'waiting';
CREATE INDEX outbox_dead ON outbox (polres, line) WHERE state = 'dead';
