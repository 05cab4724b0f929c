SELECT i.id, i.number, i.polsek, i.category, i.priority, i.lng, i.lat, i.received_us, i.closed_us, i.disposition,
       a.id, a.unit_id, a.state, a.overridden, a.automatic,
       a.offered_us, a.delivered_us, a.accepted_us, a.en_route_us, a.on_scene_us, a.ended_us,
       CASE WHEN a.overridden THEN a.body END
FROM incidents i
LEFT JOIN assignments a ON a.incident_id = i.id
WHERE i.polres = $1 AND (CAST($2 AS TEXT) IS NULL OR i.polsek = $2)
  AND i.received_us >= $3 AND i.received_us < $4
  AND (CAST($5 AS TEXT) IS NULL OR i.category = $5)
ORDER BY i.received_us, i.id, a.offered_us, a.id
