-- Roads closed or slowed by an operator, so that people can list them, those of the past too. Derived
-- from the journal: they can be cleared and folded again.
CREATE TABLE closures (
    id TEXT PRIMARY KEY,
    polres TEXT NOT NULL,
    is_open BOOLEAN NOT NULL,
    from_us BIGINT NOT NULL,
    until_us BIGINT,
    ended_us BIGINT,
    body TEXT NOT NULL
);
CREATE INDEX closures_by_start ON closures (polres, from_us, id);
