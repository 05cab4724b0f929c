-- Photos, videos, sounds and documents. The bytes lie sealed in files named by the id; here stands
-- what they are and how far they have come, so that what was promised is fetched after a restart.
CREATE TABLE media (
    id TEXT PRIMARY KEY,
    polres TEXT NOT NULL,
    report_id TEXT,
    message_id TEXT,
    reporter_id TEXT,
    owner TEXT,
    origin TEXT NOT NULL,
    state TEXT NOT NULL,
    why TEXT,
    kind TEXT,
    mime TEXT,
    size_bytes BIGINT NOT NULL,
    sha256 BLOB,
    width BIGINT,
    height BIGINT,
    shown_bytes BIGINT,
    attempts BIGINT NOT NULL,
    next_us BIGINT NOT NULL,
    expires_us BIGINT,
    created_us BIGINT NOT NULL,
    sealed BLOB NOT NULL
);
CREATE INDEX media_by_message ON media (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX media_by_report ON media (report_id) WHERE report_id IS NOT NULL;
CREATE INDEX media_by_reporter ON media (reporter_id) WHERE reporter_id IS NOT NULL;
CREATE INDEX media_waiting ON media (next_us) WHERE state = 'waiting';
CREATE INDEX media_uploading ON media (owner) WHERE state = 'uploading';
CREATE INDEX media_expiring ON media (expires_us) WHERE expires_us IS NOT NULL;

-- Two reporters that turned out to be one person: the eldest stays, the other leads to it.
CREATE TABLE reporter_merges (
    merged_id TEXT PRIMARY KEY,
    kept_id TEXT NOT NULL,
    merged_us BIGINT NOT NULL
);
CREATE INDEX reporter_merges_by_kept ON reporter_merges (kept_id);
CREATE INDEX messages_by_reporter ON messages (reporter_id, received_us);

-- In whose words a stored body is written: it is read again after a crash.
ALTER TABLE inbox ADD COLUMN format TEXT NOT NULL DEFAULT 'graph';
