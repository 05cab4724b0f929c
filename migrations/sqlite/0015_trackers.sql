-- Which unit a tracker sits in: its own name of itself (an IMEI, an id typed into an app) is all that
-- most protocols send, so the name is known here or its positions are refused.
CREATE TABLE trackers (
    device_id TEXT PRIMARY KEY,
    polres TEXT NOT NULL,
    unit_id TEXT NOT NULL,
    added_us BIGINT NOT NULL
);
CREATE INDEX trackers_by_unit ON trackers (unit_id);
