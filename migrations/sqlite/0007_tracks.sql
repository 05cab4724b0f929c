-- Where units were, sampled: for the track of a unit and for learning how long ways take.
CREATE TABLE tracks (
    unit_id TEXT NOT NULL,
    at_us BIGINT NOT NULL,
    lng DOUBLE PRECISION NOT NULL,
    lat DOUBLE PRECISION NOT NULL,
    speed_mps DOUBLE PRECISION,
    heading_deg DOUBLE PRECISION,
    accuracy_m DOUBLE PRECISION,
    PRIMARY KEY (unit_id, at_us)
) WITHOUT ROWID;
CREATE INDEX tracks_by_time ON tracks (at_us);
