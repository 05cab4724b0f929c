-- PostGIS, for spatial questions to the tables below.
CREATE EXTENSION IF NOT EXISTS postgis;

-- What people list, filter and count. Derived from the journal: it can be cleared and folded again.
-- The two partial indexes state the laws that must hold even if the program errs.
CREATE TABLE reports (
    id TEXT PRIMARY KEY,
    polres TEXT NOT NULL,
    number TEXT NOT NULL,
    channel TEXT NOT NULL,
    reporter_id TEXT NOT NULL,
    state TEXT NOT NULL,
    outcome TEXT,
    incident_id TEXT,
    claimed_by TEXT,
    service TEXT NOT NULL,
    category TEXT NOT NULL,
    priority BIGINT NOT NULL,
    lng DOUBLE PRECISION,
    lat DOUBLE PRECISION,
    radius_m DOUBLE PRECISION,
    polsek TEXT,
    desa_code TEXT,
    kecamatan TEXT,
    sent_us BIGINT NOT NULL,
    received_us BIGINT NOT NULL,
    last_message_us BIGINT NOT NULL,
    first_reply_us BIGINT,
    located_us BIGINT,
    claimed_us BIGINT,
    closed_us BIGINT,
    body TEXT NOT NULL
);
CREATE INDEX reports_by_arrival ON reports (polres, received_us, id);
CREATE INDEX reports_by_number ON reports (polres, number);
CREATE INDEX reports_by_incident ON reports (incident_id) WHERE incident_id IS NOT NULL;

CREATE TABLE incidents (
    id TEXT PRIMARY KEY,
    polres TEXT NOT NULL,
    number TEXT NOT NULL,
    state TEXT NOT NULL,
    handling TEXT NOT NULL,
    disposition TEXT,
    category TEXT NOT NULL,
    priority BIGINT NOT NULL,
    lng DOUBLE PRECISION NOT NULL,
    lat DOUBLE PRECISION NOT NULL,
    radius_m DOUBLE PRECISION NOT NULL,
    polsek TEXT,
    desa_code TEXT,
    kecamatan TEXT,
    automatic BOOLEAN NOT NULL,
    received_us BIGINT NOT NULL,
    opened_us BIGINT NOT NULL,
    closed_us BIGINT,
    body TEXT NOT NULL
);
CREATE INDEX incidents_by_arrival ON incidents (polres, received_us, id);
CREATE INDEX incidents_by_number ON incidents (polres, number);

CREATE TABLE assignments (
    id TEXT PRIMARY KEY,
    polres TEXT NOT NULL,
    incident_id TEXT NOT NULL,
    unit_id TEXT NOT NULL,
    state TEXT NOT NULL,
    live BOOLEAN NOT NULL,
    is_primary BOOLEAN NOT NULL,
    automatic BOOLEAN NOT NULL,
    overridden BOOLEAN NOT NULL,
    expires_us BIGINT NOT NULL,
    travel_time_s DOUBLE PRECISION,
    offered_us BIGINT NOT NULL,
    delivered_us BIGINT,
    accepted_us BIGINT,
    en_route_us BIGINT,
    on_scene_us BIGINT,
    ended_us BIGINT,
    body TEXT NOT NULL
);
CREATE UNIQUE INDEX one_live_assignment_per_unit ON assignments (unit_id) WHERE live;
CREATE UNIQUE INDEX one_primary_per_incident ON assignments (incident_id) WHERE live AND is_primary;
CREATE INDEX assignments_by_incident ON assignments (incident_id, offered_us);

CREATE TABLE units (
    id TEXT PRIMARY KEY,
    polres TEXT NOT NULL,
    no BIGINT NOT NULL,
    call_sign TEXT NOT NULL,
    kind TEXT NOT NULL,
    polsek TEXT,
    status TEXT NOT NULL,
    status_since_us BIGINT NOT NULL,
    assignment_id TEXT,
    emergency BOOLEAN NOT NULL,
    lng DOUBLE PRECISION NOT NULL,
    lat DOUBLE PRECISION NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX units_by_office ON units (polres, no);

-- For people with a query: instants and points in the forms PostgreSQL and PostGIS work with.
ALTER TABLE reports
    ADD COLUMN received_at timestamptz GENERATED ALWAYS AS (to_timestamp(received_us / 1000000.0)) STORED,
    ADD COLUMN geom geometry(Point, 4326) GENERATED ALWAYS AS (ST_SetSRID(ST_MakePoint(lng, lat), 4326)) STORED;
CREATE INDEX reports_by_place ON reports USING gist (geom);

ALTER TABLE incidents
    ADD COLUMN received_at timestamptz GENERATED ALWAYS AS (to_timestamp(received_us / 1000000.0)) STORED,
    ADD COLUMN closed_at timestamptz GENERATED ALWAYS AS (to_timestamp(closed_us / 1000000.0)) STORED,
    ADD COLUMN geom geometry(Point, 4326) GENERATED ALWAYS AS (ST_SetSRID(ST_MakePoint(lng, lat), 4326)) STORED;
CREATE INDEX incidents_by_place ON incidents USING gist (geom);

CREATE VIEW assignments_readable AS
SELECT id, polres, incident_id, unit_id, state, live, is_primary, automatic, overridden, travel_time_s,
       to_timestamp(offered_us / 1000000.0) AS offered_at,
       to_timestamp(delivered_us / 1000000.0) AS delivered_at,
       to_timestamp(accepted_us / 1000000.0) AS accepted_at,
       to_timestamp(en_route_us / 1000000.0) AS en_route_at,
       to_timestamp(on_scene_us / 1000000.0) AS on_scene_at,
       to_timestamp(ended_us / 1000000.0) AS ended_at
FROM assignments;
