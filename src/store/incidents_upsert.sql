INSERT INTO incidents (
    id, polres, number, state, handling, disposition, category, priority, lng, lat, radius_m,
    polsek, desa_code, kecamatan, automatic, received_us, opened_us, closed_us, body
) VALUES (
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,
    $12, $13, $14, $15, $16, $17, $18, $19
) ON CONFLICT (id) DO UPDATE SET
    number = excluded.number, state = excluded.state, handling = excluded.handling,
    disposition = excluded.disposition, category = excluded.category, priority = excluded.priority,
    lng = excluded.lng, lat = excluded.lat, radius_m = excluded.radius_m,
    polsek = excluded.polsek, desa_code = excluded.desa_code, kecamatan = excluded.kecamatan,
    automatic = excluded.automatic, received_us = excluded.received_us, opened_us = excluded.opened_us,
    closed_us = excluded.closed_us, body = excluded.body
