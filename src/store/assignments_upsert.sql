INSERT INTO assignments (
    id, polres, incident_id, unit_id, state, live, is_primary, automatic, overridden, expires_us, travel_time_s,
    offered_us, delivered_us, accepted_us, en_route_us, on_scene_us, ended_us, body
) VALUES (
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,
    $12, $13, $14, $15, $16, $17, $18
) ON CONFLICT (id) DO UPDATE SET
    state = excluded.state, live = excluded.live, is_primary = excluded.is_primary,
    automatic = excluded.automatic, overridden = excluded.overridden, expires_us = excluded.expires_us,
    travel_time_s = excluded.travel_time_s, delivered_us = excluded.delivered_us,
    accepted_us = excluded.accepted_us, en_route_us = excluded.en_route_us,
    on_scene_us = excluded.on_scene_us, ended_us = excluded.ended_us, body = excluded.body
