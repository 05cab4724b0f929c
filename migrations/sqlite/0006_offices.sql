-- The offices, their areas and their names of places, as imported; and large objects made from
-- imports (the road graph, desk snapshots).
CREATE TABLE offices (
    code TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    prefix TEXT NOT NULL,
    utc_offset_h BIGINT NOT NULL,
    lng DOUBLE PRECISION NOT NULL,
    lat DOUBLE PRECISION NOT NULL,
    synthetic BOOLEAN NOT NULL
);

CREATE TABLE polseks (
    polres TEXT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    lng DOUBLE PRECISION NOT NULL,
    lat DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (polres, code)
);

-- geometry is GeoJSON, WGS 84; version counts the imports of an office.
CREATE TABLE areas (
    polres TEXT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    kecamatan_code TEXT NOT NULL,
    kecamatan TEXT NOT NULL,
    polsek TEXT NOT NULL,
    geometry TEXT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (polres, code)
);

CREATE TABLE places (
    polres TEXT NOT NULL,
    line BIGINT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    lng DOUBLE PRECISION NOT NULL,
    lat DOUBLE PRECISION NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (polres, line)
);

CREATE TABLE blobs (name TEXT PRIMARY KEY, data BLOB NOT NULL);
