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
);
CREATE INDEX tracks_by_time ON tracks (at_us);

-- For people with a query: the fixes as instants and points.
CREATE VIEW tracks_readable AS
SELECT unit_id, to_timestamp(at_us / 1000000.0) AS at, ST_SetSRID(ST_MakePoint(lng, lat), 4326) AS geom,
       speed_mps, heading_deg, accuracy_m
FROM tracks;
