-- The journal: the one thing everything else is derived from. The primary key is what keeps two
-- writers from taking the same number; the triggers keep anyone from changing what is written.
CREATE TABLE entries (
    polres TEXT NOT NULL,
    seq BIGINT NOT NULL CHECK (seq > 0),
    at_us BIGINT NOT NULL,
    actor TEXT NOT NULL,
    body TEXT NOT NULL,
    prev_hash BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    CONSTRAINT entries_pkey PRIMARY KEY (polres, seq)
);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$;

CREATE TRIGGER entries_are_not_changed BEFORE UPDATE OR DELETE ON entries
FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER entries_are_not_emptied BEFORE TRUNCATE ON entries
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

REVOKE UPDATE, DELETE, TRUNCATE ON entries FROM PUBLIC;
REVOKE UPDATE, DELETE, TRUNCATE ON entries FROM CURRENT_USER;

-- For people with a query: the instant and the kind of each entry.
CREATE VIEW entries_readable AS
SELECT polres, seq, to_timestamp(at_us / 1000000.0) AS at, CAST(actor AS jsonb) AS actor,
       CAST(body AS jsonb) ->> 'kind' AS kind, CAST(body AS jsonb) -> 'data' AS data
FROM entries;

-- Which entries touch a report, an incident, an assignment or a unit: timelines.
CREATE TABLE entry_refs (
    ref_id TEXT NOT NULL,
    polres TEXT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (ref_id, polres, seq)
);

-- One row that readiness checks write to.
CREATE TABLE write_checks (id BIGINT PRIMARY KEY, beats BIGINT NOT NULL);
INSERT INTO write_checks (id, beats) VALUES (1, 0);

-- Which privacy keys were used: a sealed word each, so that a wrong key is noticed at start.
CREATE TABLE vault_keys (key_id BIGINT PRIMARY KEY, proof BYTEA NOT NULL, index_mark TEXT NOT NULL);
