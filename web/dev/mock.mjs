/**
 * An invented city that answers like the server, for looking at the screens while working on them.
 * `node dev/mock.mjs [port]` after `npm run build`. Nothing here reaches the product.
 */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname } from 'node:path';
import { WebSocketServer } from 'ws';
import { area, HOME, makeCity, places, polsek, roads } from './city.mjs';

const PORT = Number(process.argv[2] ?? 8090);
const DIST = new URL('../dist/', import.meta.url);
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

const city = makeCity();
const { reports, incidents, assignments, units, fixes, texts } = city;
const sockets = new Set();
const timeline = [];
let seq = 100;
const nowText = () => new Date().toISOString();
const values = (map) => [...map.values()];

const OFFICE = {
  code: 'medan',
  name: 'Polrestabes Medan',
  prefix: 'MDN',
  utc_offset_h: 7,
  seat: HOME,
  synthetic: true,
};
const me = () => ({
  id: 'user-1',
  username: 'operator',
  name: 'Bripka Dewi Lubis',
  role: 'operator',
  polres: 'medan',
  polsek: null,
  unit_id: null,
  office: OFFICE,
  server_time: nowText(),
  demo: true,
});

function tell(kind, data, changed = {}) {
  seq += 1;
  const entry = {
    type: 'entry',
    polres: 'medan',
    seq,
    at: nowText(),
    actor: { type: 'user', id: 'user-1' },
    kind,
    data,
    changed: { reports: [], incidents: [], assignments: [], units: [], calls: [], ...changed },
  };
  timeline.push(entry);
  for (const socket of sockets) socket.send(JSON.stringify(entry));
}

const queue = () =>
  values(reports)
    .filter((report) => report.state.name === 'queued')
    .sort(
      (a, b) =>
        a.reading.priority - b.reading.priority ||
        a.stamps.received_at.localeCompare(b.stamps.received_at),
    );

function detail(report) {
  const mine = report.state.name === 'claimed';
  return {
    report,
    messages: texts.get(report.id).messages,
    meaning: texts.get(report.id).meaning,
    reporter: {
      masked: '+62 8••• ••• 217',
      name: mine ? 'Rahmat Siregar' : null,
      phone: mine ? '+62 812 6000 217' : null,
    },
    candidates: places
      .filter(
        (place) =>
          report.place &&
          Math.hypot(place.lng - report.place.lng, place.lat - report.place.lat) < 0.02,
      )
      .slice(0, 4)
      .map((place, index) => ({
        ...place,
        radius_m: 120,
        kelurahan: 'Pusat Pasar',
        kecamatan: 'Medan Kota',
        score: 0.92 - index * 0.13,
        because: 'nama cocok',
      })),
    similar: values(incidents)
      .filter(
        (one) =>
          one.state !== 'closed' &&
          report.place &&
          Math.hypot(one.place.lng - report.place.lng, one.place.lat - report.place.lat) < 0.02,
      )
      .slice(0, 2),
  };
}

function recommend(incident) {
  const candidates = values(units)
    .filter((unit) => unit.status === 'available')
    .map((unit) => {
      const fix = fixes.get(unit.id);
      const metres =
        Math.hypot(fix.lng - incident.place.lng, fix.lat - incident.place.lat) * 111_000 * 1.4;
      const travel = metres / 8;
      const other = unit.polsek !== incident.jurisdiction?.polsek;
      const reasons = [
        { code: 'travel_time', cost_s: travel, text: 'waktu tempuh lewat jalan' },
        ...(other
          ? [{ code: 'other_polsek', cost_s: 60, text: 'di luar wilayah Polsek sendiri' }]
          : []),
        ...(unit.taken > 3
          ? [{ code: 'workload', cost_s: unit.taken * 5, text: `sudah ${unit.taken} penugasan` }]
          : []),
      ];
      return {
        unit_id: unit.id,
        call_sign: unit.call_sign,
        unit_kind: unit.kind,
        polsek: unit.polsek,
        status: unit.status,
        travel_time_s: travel,
        distance_m: metres,
        cost_s: reasons.reduce((sum, reason) => sum + reason.cost_s, 0),
        fix_age_s: 4,
        lng: fix.lng,
        lat: fix.lat,
        reasons,
      };
    })
    .sort((a, b) => a.cost_s - b.cost_s)
    .slice(0, 6);
  return {
    incident_id: incident.id,
    needed: values(assignments).some(
      (one) =>
        one.incident === incident.id &&
        ['offered', 'delivered', 'accepted', 'en_route', 'on_scene'].includes(one.state),
    )
      ? 0
      : 1,
    candidates,
    counterfactual: candidates[1]
      ? `${candidates[1].call_sign} menjadi pilihan pertama bila ${candidates[0].call_sign} tertahan 40 detik.`
      : null,
    shortfall: candidates.length === 0 ? 'semua unit sedang bertugas' : null,
    plan: { units: 1, kinds: ['car', 'motorcycle'], offer_s: 45 },
  };
}

function setReport(id, change, kind, data = {}) {
  const next = { ...reports.get(id), ...change };
  reports.set(id, next);
  tell(kind, { report: id, ...data }, { reports: [next] });
  return next;
}

function setIncident(id, change, kind, data = {}, also = {}) {
  const next = { ...incidents.get(id), ...change };
  incidents.set(id, next);
  tell(kind, { incident: id, ...data }, { incidents: [next], ...also });
  return next;
}

const problem = (status, code, text, field = null) => ({
  refused: { status, code, title: '', detail: text, field },
});

function offer(id, body) {
  const incident = incidents.get(id);
  const best = recommend(incident).candidates[0];
  if (best?.unit_id !== body.unit_id && !body.override_reason) {
    return problem(422, 'invalid', 'alasan wajib diisi', 'override_reason');
  }
  const unit = { ...units.get(body.unit_id), status: 'offered', assignment: `as-${seq}` };
  if (units.get(body.unit_id).status !== 'available')
    return problem(409, 'unit_busy', 'unit itu sudah bertugas');
  units.set(unit.id, unit);
  const assignment = {
    id: unit.assignment,
    incident: id,
    unit: unit.id,
    primary: true,
    state: 'offered',
    expires_at: new Date(Date.now() + 45_000).toISOString(),
    travel_time_s: 210,
    automatic: false,
    override_reason: body.override_reason ?? null,
    keys: [],
    stamps: {
      offered_at: nowText(),
      delivered_at: null,
      accepted_at: null,
      en_route_at: null,
      on_scene_at: null,
      ended_at: null,
    },
  };
  assignments.set(assignment.id, assignment);
  setIncident(
    id,
    { state: 'offered', assignments: [...incident.assignments, assignment.id] },
    'assignment_offered',
    { unit: unit.id, assignment: assignment.id },
    { assignments: [assignment], units: [unit] },
  );
  setTimeout(() => step(assignment.id, 'delivered', 'delivered_at', 'offered'), 900);
  setTimeout(() => step(assignment.id, 'accepted', 'accepted_at', 'committed'), 5000);
  setTimeout(() => step(assignment.id, 'en_route', 'en_route_at', 'en_route'), 8000);
  return assignment;
}

function step(id, state, stamp, status) {
  const old = assignments.get(id);
  if (!['offered', 'delivered', 'accepted'].includes(old.state)) return;
  const next = { ...old, state, stamps: { ...old.stamps, [stamp]: nowText() } };
  assignments.set(id, next);
  const unit = { ...units.get(old.unit), status };
  units.set(unit.id, unit);
  const kind = state === 'delivered' ? 'assignment_delivered' : 'assignment_stepped';
  setIncident(
    old.incident,
    { state: state === 'delivered' ? 'offered' : 'responding' },
    kind,
    { assignment: id, step: state === 'accepted' ? 'accept' : state },
    { assignments: [next], units: [unit] },
  );
}

function makeIncident(id, body) {
  const report = reports.get(id);
  if (!report.place) return problem(422, 'no_place', 'laporan belum punya lokasi');
  const incidentId = body.incident_id ?? `in-${seq}`;
  const known = incidents.get(incidentId);
  const incident = known ?? {
    id: incidentId,
    number: `MDN-20261122-${String(900 + seq)}`,
    category: report.reading.category,
    priority: report.reading.priority,
    place: report.place,
    jurisdiction: report.jurisdiction,
    reports: [],
    assignments: [],
    declined: [],
    handling: { name: 'open' },
    state: 'queued',
    merged_into: null,
    referrals: [],
    photos: [],
    shortfall: null,
    automatic: false,
    received_at: report.stamps.received_at,
    opened_at: nowText(),
    closed_at: null,
  };
  incidents.set(incidentId, { ...incident, reports: [...incident.reports, id] });
  setReport(id, { state: { name: 'attached', incident: incidentId } }, 'report_attached', {
    incident: incidentId,
  });
  return setIncident(incidentId, {}, known ? 'incident_changed' : 'incident_opened');
}

function changeReport(id, verb, body) {
  const report = reports.get(id);
  if (verb === 'claim') {
    return detail(setReport(id, { state: { name: 'claimed', by: 'user-1' } }, 'report_claimed'));
  }
  if (verb === 'release') return setReport(id, { state: { name: 'queued' } }, 'report_released');
  if (verb === 'incident') return makeIncident(id, body);
  if (verb === 'resolve' || verb === 'hand-over') {
    const outcome = body.outcome ?? 'handed_over';
    return setReport(id, { state: { name: 'closed', outcome } }, 'report_closed', { outcome });
  }
  if (verb === 'reply') {
    texts.get(id).messages.push({
      id: `m-${seq}`,
      direction: 'out',
      kind: 'text',
      text: body.text,
      lng: null,
      lat: null,
      media: null,
      revoked: false,
      sent_at: nowText(),
      received_at: nowText(),
      status: 'delivered',
    });
    tell('feedback_queued', { report: id });
    return { message_id: `m-${seq}` };
  }
  if (verb === 'reporter') return { name: 'Rahmat Siregar', phone: '+62 812 6000 217' };
  const { category, priority, lng, lat } = body;
  const reading = {
    ...report.reading,
    category: category ?? report.reading.category,
    priority: priority ?? report.reading.priority,
  };
  const place =
    lng === undefined
      ? report.place
      : {
          lng,
          lat,
          radius_m: 10,
          source: 'operator',
          label: 'Titik operator',
          confidence: 1,
          because: 'ditaruh operator',
        };
  return setReport(id, { reading, place, reading_by_hand: true }, 'report_read');
}

function changeIncident(id, verb, body) {
  if (verb === 'assignments') return offer(id, body);
  if (verb === 'hold')
    return setIncident(
      id,
      { state: 'held', handling: { name: 'held', by: 'user-1' } },
      'incident_held',
    );
  if (verb === 'resume')
    return setIncident(id, { state: 'queued', handling: { name: 'open' } }, 'incident_resumed');
  if (verb === 'close') {
    return setIncident(
      id,
      {
        state: 'closed',
        handling: { name: 'closed', disposition: body.disposition },
        closed_at: nowText(),
      },
      'incident_closed',
      { disposition: body.disposition },
    );
  }
  if (verb === 'reopen')
    return setIncident(
      id,
      { state: 'queued', handling: { name: 'open' }, closed_at: null },
      'incident_reopened',
    );
  if (verb === 'feedback') return { message_id: 'm-x' };
  const old = incidents.get(id);
  const place =
    body.lng === undefined
      ? old.place
      : { ...old.place, lng: body.lng, lat: body.lat, radius_m: 10, source: 'operator' };
  return setIncident(
    id,
    { category: body.category ?? old.category, priority: body.priority ?? old.priority, place },
    'incident_changed',
  );
}

function answer(method, url, body) {
  const [, , family, id, verb] = url.pathname.split('/');
  if (family === 'session') return method === 'DELETE' ? null : me();
  if (family === 'queue') {
    if (method === 'GET')
      return {
        items: queue().map((report) => ({
          report,
          excerpt: texts.get(report.id).messages[0].text,
        })),
      };
    const head = queue()[0];
    return head === undefined ? null : changeReport(head.id, 'claim', {});
  }
  if (family === 'reports' && id === undefined) {
    const q = (url.searchParams.get('q') ?? '').toLowerCase();
    return {
      items: values(reports).filter((one) => one.number.toLowerCase().includes(q)),
      next: null,
    };
  }
  if (family === 'reports' && !reports.has(id))
    return problem(404, 'not_found', 'laporan tidak ada');
  if (family === 'reports')
    return method === 'GET' ? detail(reports.get(id)) : changeReport(id, verb, body);
  if (family === 'incidents') {
    const incident = incidents.get(id);
    if (incident === undefined) return problem(404, 'not_found', 'kejadian tidak ada');
    if (verb === 'recommendation') return recommend(incident);
    if (verb === 'timeline')
      return { items: timeline.filter((entry) => entry.data.incident === id).concat() };
    if (method === 'GET') return { incident, reports: [], assignments: [] };
    return changeIncident(id, verb, body);
  }
  if (family === 'assignments') {
    const next = { ...assignments.get(id), state: 'released' };
    assignments.set(id, next);
    const unit = { ...units.get(next.unit), status: 'available', assignment: null };
    units.set(unit.id, unit);
    tell(
      'assignment_released',
      { assignment: id, incident: next.incident, reason: body.reason },
      { assignments: [next], units: [unit] },
    );
    return next;
  }
  if (family === 'units') return { items: values(units) };
  if (family === 'locate') {
    const q = (url.searchParams.get('q') ?? '').toLowerCase();
    return {
      candidates: places
        .filter((place) => place.name.toLowerCase().includes(q))
        .slice(0, 5)
        .map((place) => ({
          ...place,
          radius_m: 80,
          kelurahan: 'Pusat Pasar',
          kecamatan: 'Medan Kota',
          score: 0.9,
          because: 'nama',
        })),
      ambiguous: false,
      note: null,
    };
  }
  if (family === 'map') {
    if (id === 'config')
      return {
        center: HOME,
        zoom: 12,
        bounds: [HOME.lng - 0.09, HOME.lat - 0.07, HOME.lng + 0.09, HOME.lat + 0.07],
        style: null,
        pmtiles: null,
        synthetic: true,
      };
    if (id === 'areas.geojson') return area;
    if (id === 'polsek.geojson') return polsek;
    if (id === 'roads.geojson') return roads(url.searchParams.get('class'));
    if (id === 'places.geojson')
      return {
        type: 'FeatureCollection',
        features: places.map(({ name, kind, lng, lat }) => ({
          type: 'Feature',
          properties: { name, kind },
          geometry: { type: 'Point', coordinates: [lng, lat] },
        })),
      };
    if (id === 'route') {
      const fix = fixes.get(url.searchParams.get('unit_id'));
      const { place } = incidents.get(url.searchParams.get('incident_id'));
      return {
        points: [
          [fix.lng, fix.lat],
          [place.lng, fix.lat],
          [place.lng, place.lat],
        ],
        secs: 240,
        metres: 2100,
      };
    }
  }
  return problem(404, 'not_found', `${url.pathname} tidak ada`);
}

async function file(path, response) {
  const name =
    path === '/' ? 'index.html' : extname(path) === '' ? `${path.slice(1)}.html` : path.slice(1);
  try {
    const bytes = await readFile(new URL(name, DIST));
    response.writeHead(200, { 'content-type': TYPES[extname(name)] ?? 'application/octet-stream' });
    response.end(bytes);
  } catch {
    response.writeHead(404).end();
  }
}

const server = createServer((request, response) => {
  const url = new URL(request.url, `http://localhost:${PORT}`);
  if (!url.pathname.startsWith('/v1/')) return file(url.pathname, response);
  let text = '';
  request.on('data', (chunk) => {
    text += chunk;
  });
  request.on('end', () => {
    const said = answer(request.method, url, text === '' ? {} : JSON.parse(text));
    if (said?.refused) {
      response.writeHead(said.refused.status, { 'content-type': 'application/problem+json' });
      return response.end(JSON.stringify(said.refused));
    }
    response.writeHead(said === null ? 204 : 200, { 'content-type': 'application/json' });
    response.end(said === null ? undefined : JSON.stringify(said));
  });
});

function tile(items) {
  const view = new DataView(new ArrayBuffer(16 + items.length * 16));
  view.setUint8(0, 1);
  view.setUint8(1, 1);
  view.setUint16(2, items.length, true);
  view.setUint32(4, seq, true);
  items.forEach(({ unit, fix }, index) => {
    const at = 16 + index * 16;
    view.setUint32(at, unit.no, true);
    view.setInt32(at + 4, Math.round(fix.lng * 1e6), true);
    view.setInt32(at + 8, Math.round(fix.lat * 1e6), true);
    view.setUint8(at + 12, 1);
    view.setUint8(at + 13, Math.round(((fix.heading_deg ?? 0) / 360) * 256) & 255);
    view.setUint8(at + 14, 8);
    view.setUint8(at + 15, fix.heading_deg === undefined ? 0 : 8);
  });
  return view.buffer;
}

new WebSocketServer({ server, path: '/v1/realtime' }).on('connection', (socket) => {
  sockets.add(socket);
  socket.on('close', () => sockets.delete(socket));
  socket.send(
    JSON.stringify({
      type: 'snapshot',
      polres: 'medan',
      seq,
      at: nowText(),
      reports: values(reports),
      incidents: values(incidents),
      assignments: values(assignments),
      units: values(units),
      fixes: values(units).map((unit) => ({
        unit_id: unit.id,
        no: unit.no,
        ...fixes.get(unit.id),
      })),
    }),
  );
});

setInterval(() => {
  city.drive();
  const moved = values(units)
    .filter((unit) => unit.status !== 'off_duty')
    .map((unit) => ({ unit, fix: fixes.get(unit.id) }));
  for (const socket of sockets) socket.send(tile(moved));
}, 1000);

server.listen(PORT, '127.0.0.1', () => console.log(`http://127.0.0.1:${PORT}/command`));
