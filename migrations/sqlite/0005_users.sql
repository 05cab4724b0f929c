-- Who may log in, and which browsers and tablets are logged in. A token is kept as its SHA-256 only.
CREATE TABLE users (
    id TEXT PRIMARY KEY,
    username TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    polres TEXT,
    polsek TEXT,
    unit_id TEXT,
    password_hash TEXT NOT NULL,
    disabled BOOLEAN NOT NULL,
    created_us BIGINT NOT NULL,
    CONSTRAINT users_username_key UNIQUE (username)
);

CREATE TABLE sessions (
    token_hash BLOB PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    created_us BIGINT NOT NULL,
    last_us BIGINT NOT NULL,
    expires_us BIGINT NOT NULL,
    revoked BOOLEAN NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_id);
