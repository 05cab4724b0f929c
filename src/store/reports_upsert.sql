INSERT INTO reports (
    id, polres, number, channel, reporter_id, state, outcome, incident_id, claimed_by, service, category, priority,
    lng, lat, radius_m, polsek, desa_code, kecamatan,
    sent_us, received_us, last_message_us, first_reply_us, located_us, claimed_us, closed_us, body
) VALUES (
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,
    $13, $14, $15, $16, $17, $18,
    $19, $20, $21, $22, $23, $24, $25, $26
) ON CONFLICT (id) DO UPDATE SET
    number = excluded.number, state = excluded.state, outcome = excluded.outcome,
    incident_id = excluded.incident_id, claimed_by = excluded.claimed_by, service = excluded.service,
    category = excluded.category, priority = excluded.priority,
    lng = excluded.lng, lat = excluded.lat, radius_m = excluded.radius_m,
    polsek = excluded.polsek, desa_code = excluded.desa_code, kecamatan = excluded.kecamatan,
    last_message_us = excluded.last_message_us, first_reply_us = excluded.first_reply_us,
    located_us = excluded.located_us, claimed_us = excluded.claimed_us, closed_us = excluded.closed_us,
    body = excluded.body
