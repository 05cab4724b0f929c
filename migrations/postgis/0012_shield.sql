-- Strikes and blocks, so that people can list them. Derived from the journal: they can be cleared and
-- folded again. Contacts of a blocked person are messages whose report_id is the id of his block.
CREATE TABLE strikes (
    id TEXT PRIMARY KEY,
    polres TEXT NOT NULL,
    reporter_id TEXT NOT NULL,
    report_id TEXT NOT NULL,
    channel TEXT NOT NULL,
    counts BOOLEAN NOT NULL,
    given_us BIGINT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX strikes_by_reporter ON strikes (reporter_id, given_us);

CREATE TABLE blocks (
    id TEXT PRIMARY KEY,
    polres TEXT NOT NULL,
    reporter_id TEXT NOT NULL,
    state TEXT NOT NULL,
    is_open BOOLEAN NOT NULL,
    appealed BOOLEAN NOT NULL,
    proposed_us BIGINT NOT NULL,
    expires_us BIGINT,
    contacts BIGINT NOT NULL,
    last_contact_us BIGINT,
    alarms BIGINT NOT NULL,
    body TEXT NOT NULL
);
-- The law that must hold even if the program errs: nobody is blocked twice at one office.
CREATE UNIQUE INDEX one_open_block_per_person ON blocks (polres, reporter_id) WHERE is_open;
CREATE INDEX blocks_by_proposal ON blocks (polres, proposed_us, id);
