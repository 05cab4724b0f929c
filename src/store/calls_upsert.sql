INSERT INTO calls (id, polres, line, reporter_id, state, result, level, claimed_by, report_id, polsek, lng, lat,
    received_us, claimed_us, answered_us, ended_us, settled_us, called_back_us, body)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
ON CONFLICT (id) DO UPDATE SET line = excluded.line, reporter_id = excluded.reporter_id, state = excluded.state,
    result = excluded.result, level = excluded.level, claimed_by = excluded.claimed_by, report_id = excluded.report_id,
    polsek = excluded.polsek, lng = excluded.lng, lat = excluded.lat, received_us = excluded.received_us,
    claimed_us = excluded.claimed_us, answered_us = excluded.answered_us, ended_us = excluded.ended_us,
    settled_us = excluded.settled_us, called_back_us = excluded.called_back_us, body = excluded.body
