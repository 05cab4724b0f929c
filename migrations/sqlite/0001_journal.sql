-- The journal: the one thing everything else is derived from. The primary key is what keeps two
-- writers from taking the same number; the triggers keep anyone from changing what is written.
CREATE TABLE entries (
    polres TEXT NOT NULL,
    seq BIGINT NOT NULL CHECK (seq > 0),
    at_us BIGINT NOT NULL,
    actor TEXT NOT NULL,
    body TEXT NOT NULL,
    prev_hash BLOB NOT NULL,
    hash BLOB NOT NULL,
    CONSTRAINT entries_pkey PRIMARY KEY (polres, seq)
) WITHOUT ROWID;

CREATE TRIGGER entries_are_not_changed BEFORE UPDATE ON entries
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

CREATE TRIGGER entries_are_not_removed BEFORE DELETE ON entries
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

-- Which entries touch a report, an incident, an assignment or a unit: timelines.
CREATE TABLE entry_refs (
    ref_id TEXT NOT NULL,
    polres TEXT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (ref_id, polres, seq)
) WITHOUT ROWID;

-- One row that readiness checks write to.
CREATE TABLE write_checks (id BIGINT PRIMARY KEY, beats BIGINT NOT NULL);
INSERT INTO write_checks (id, beats) VALUES (1, 0);

-- Which privacy keys were used: a sealed word each, so that a wrong key is noticed at start.
CREATE TABLE vault_keys (key_id BIGINT PRIMARY KEY, proof BLOB NOT NULL, index_mark TEXT NOT NULL);
