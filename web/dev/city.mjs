/** The invented city of the mock server: areas, roads, places, units, reports. All of it is made up. */

export const HOME = { lng: 98.675, lat: 3.585 };

let seed = 42;
const random = () => {
  seed = (seed * 1103515245 + 12345) % 2147483648;
  return seed / 2147483648;
};
const pick = (items) => items[Math.floor(random() * items.length)];
const ago = (seconds) => new Date(Date.now() - seconds * 1000).toISOString();

const CELLS = 10;
const STEP = { lng: 0.017, lat: 0.0135 };
const WEST = HOME.lng - (CELLS / 2) * STEP.lng;
const SOUTH = HOME.lat - (CELLS / 2) * STEP.lat;
const corner = Array.from({ length: CELLS + 1 }, (_, x) =>
  Array.from({ length: CELLS + 1 }, (_, y) => [
    WEST + x * STEP.lng + (random() - 0.5) * 0.006,
    SOUTH + y * STEP.lat + (random() - 0.5) * 0.005,
  ]),
);
const NAMES = [
  'Sukaraja',
  'Kampung Baru',
  'Sidodadi',
  'Pandau',
  'Tegal Rejo',
  'Glugur',
  'Sei Rengas',
  'Pulo Brayan',
  'Titi Kuning',
  'Helvetia',
];
const SECTORS = ['Timur', 'Barat', 'Kota', 'Baru', 'Area'];
const sectorOf = (x, y) => (y > 6 ? 0 : x < 3 ? 1 : x > 6 ? 4 : y > 3 ? 2 : 3);
const code = (sector) => `sektor-${SECTORS[sector].toLowerCase()}`;

export const area = { type: 'FeatureCollection', features: [] };
for (let x = 0; x < CELLS; x += 1) {
  for (let y = 0; y < CELLS; y += 1) {
    const ring = [
      corner[x][y],
      corner[x + 1][y],
      corner[x + 1][y + 1],
      corner[x][y + 1],
      corner[x][y],
    ];
    area.features.push({
      type: 'Feature',
      properties: {
        code: `${x}.${y}`,
        name: `${NAMES[x]} ${y + 1}`,
        kecamatan: `Medan ${SECTORS[sectorOf(x, y)]}`,
        polsek: code(sectorOf(x, y)),
        polres: 'medan',
      },
      geometry: { type: 'Polygon', coordinates: [ring] },
    });
  }
}

const edges = new Map();
for (const { properties, geometry } of area.features) {
  const ring = geometry.coordinates[0];
  for (let i = 0; i < 4; i += 1) {
    const key = [ring[i], ring[i + 1]].map(String).sort().join('|');
    edges.set(key, [
      ...(edges.get(key) ?? []),
      { polsek: properties.polsek, line: [ring[i], ring[i + 1]] },
    ]);
  }
}
export const polsek = { type: 'FeatureCollection', features: [] };
SECTORS.forEach((name, sector) => {
  const lines = [...edges.values()]
    .filter(
      (sides) =>
        sides.some((side) => side.polsek === code(sector)) &&
        new Set(sides.map((side) => side.polsek)).size + (sides.length === 1 ? 1 : 0) > 1,
    )
    .map((sides) => sides[0].line);
  const own = area.features.filter((one) => one.properties.polsek === code(sector));
  const seat = own[Math.floor(own.length / 2)].geometry.coordinates[0][0];
  const properties = { code: code(sector), name: `Polsek Medan ${name}`, polres: 'medan' };
  polsek.features.push({
    type: 'Feature',
    properties,
    geometry: { type: 'MultiLineString', coordinates: lines },
  });
  polsek.features.push({
    type: 'Feature',
    properties,
    geometry: { type: 'Point', coordinates: [seat[0] + 0.004, seat[1] + 0.004] },
  });
});

const STREETS = [
  'Jalan Merdeka',
  'Jalan Sudirman',
  'Jalan Gatot Subroto',
  'Jalan Sisingamangaraja',
  'Jalan Diponegoro',
  'Jalan Imam Bonjol',
  'Jalan Kartini',
  'Jalan Ahmad Yani',
  'Jalan Thamrin',
  'Jalan Veteran',
  'Jalan Pemuda',
];
export function roads(kind) {
  const features = [];
  const line = (name, klass, coordinates) =>
    features.push({
      type: 'Feature',
      properties: { name, class: klass, oneway: false },
      geometry: { type: 'LineString', coordinates },
    });
  if (kind === 'arterial') {
    for (let i = 0; i <= CELLS; i += 1) {
      const klass = i % 5 === 0 ? 'primary' : i % 2 === 0 ? 'secondary' : 'tertiary';
      line(STREETS[i], klass, corner[i]);
      line(
        `${STREETS[i]} Lintang`,
        klass,
        corner.map((column) => column[i]),
      );
    }
    line('Jalan Tol Kota', 'toll', [
      [WEST, SOUTH - 0.004],
      [HOME.lng - 0.03, SOUTH + 0.02],
      [HOME.lng + 0.05, SOUTH + 0.012],
      [HOME.lng + 0.09, SOUTH + 0.03],
    ]);
    return { type: 'FeatureCollection', features };
  }
  for (let x = 0; x < CELLS * 5; x += 1) {
    const lng = WEST + (x * STEP.lng) / 5;
    line(`Gang ${x + 1}`, x % 3 === 0 ? 'residential' : 'gang', [
      [lng, SOUTH],
      [lng + 0.003, HOME.lat],
      [lng, SOUTH + CELLS * STEP.lat],
    ]);
    const lat = SOUTH + (x * STEP.lat) / 5;
    line(`Jalan Melati ${x + 1}`, 'residential', [
      [WEST, lat],
      [HOME.lng, lat + 0.002],
      [WEST + CELLS * STEP.lng, lat],
    ]);
  }
  return { type: 'FeatureCollection', features };
}

const KINDS = [
  ['Pasar', 'pasar'],
  ['Masjid', 'masjid'],
  ['SD Negeri', 'sekolah'],
  ['SPBU', 'spbu'],
  ['Simpang', 'simpang'],
  ['Rumah Sakit', 'rumah_sakit'],
];
export const places = Array.from({ length: 140 }, (_, index) => {
  const [word, kind] = pick(KINDS);
  return {
    name: `${word} ${NAMES[index % NAMES.length]} ${1 + (index % 7)}`,
    kind,
    lng: HOME.lng + (random() - 0.5) * 0.16,
    lat: HOME.lat + (random() - 0.5) * 0.12,
  };
});

const SAID = [
  [
    'laka_lantas',
    1,
    'Tolong pak ada tabrakan motor sama truk di simpang sukaraja, korban 2 orang tidak sadar, cepat pak',
    {
      what: 'tabrakan motor sama truk',
      where: 'simpang sukaraja',
      who: 'korban 2 orang',
      how: 'tidak sadar',
    },
    ['tabrakan', 'korban', 'tidak sadar'],
  ],
  [
    'kejahatan',
    2,
    'Pak barusan ada begal di Jalan Sudirman dekat SPBU, motor Vario hitam dibawa lari ke arah pasar',
    {
      what: 'begal',
      where: 'Jalan Sudirman dekat SPBU',
      when: 'barusan',
      who: 'motor Vario hitam',
    },
    ['begal', 'dibawa lari', 'barusan'],
  ],
  [
    'kamtibmas',
    3,
    'Ada anak muda balap liar tiap malam depan ruko jalan thamrin, meresahkan warga',
    { what: 'balap liar', where: 'depan ruko jalan thamrin', when: 'tiap malam', who: 'anak muda' },
    ['balap liar', 'meresahkan'],
  ],
  [
    'kemacetan',
    3,
    'Macet parah lampu merah mati di simpang titi kuning',
    { what: 'macet parah', where: 'simpang titi kuning', how: 'lampu merah mati' },
    ['macet', 'lampu merah mati'],
  ],
  [
    'kekerasan',
    1,
    'tolong suami tetangga mukul istrinya pakai kayu sekarang juga, anaknya nangis',
    { what: 'mukul istrinya', when: 'sekarang juga', how: 'pakai kayu', who: 'suami tetangga' },
    ['mukul', 'pakai kayu', 'sekarang'],
  ],
  [
    'sim',
    4,
    'Selamat siang mau tanya syarat perpanjang SIM C apa saja ya min, bisa online?',
    { what: 'perpanjang SIM C' },
    ['perpanjang SIM'],
  ],
  [
    'pohon_tumbang',
    3,
    'Pohon besar tumbang nutup jalan kartini setelah hujan tadi sore',
    {
      what: 'Pohon besar tumbang',
      where: 'jalan kartini',
      when: 'tadi sore',
      how: 'setelah hujan',
    },
    ['pohon', 'tumbang'],
  ],
  [
    'skck',
    4,
    'jam berapa buka pengurusan skck hari sabtu',
    { what: 'pengurusan skck', when: 'hari sabtu' },
    ['skck', 'jam berapa'],
  ],
];

function place(index) {
  const from = places[(index * 17) % places.length];
  return {
    lng: from.lng * 0.5 + HOME.lng * 0.5,
    lat: from.lat * 0.5 + HOME.lat * 0.5,
    radius_m: [80, 350, 40, 900][index % 4],
    source: index % 3 === 0 ? 'pin' : 'gazetteer',
    label: from.name,
    confidence: 0.86,
    because: 'nama tempat dan kelurahan cocok',
  };
}
const jurisdiction = (index) => ({
  polres: 'medan',
  polsek: code(index % 5),
  desa_code: '12.71.07.1004',
  kelurahan: 'Pusat Pasar',
  kecamatan: 'Medan Kota',
  border_distance_m: index % 3 === 0 ? 140 : 900,
  neighbours: index % 3 === 0 ? [code((index + 1) % 5)] : [],
});

export function makeCity() {
  const city = {
    reports: new Map(),
    incidents: new Map(),
    assignments: new Map(),
    units: new Map(),
    fixes: new Map(),
    texts: new Map(),
  };
  const WORDS = ['Sabhara', 'Raimas', 'Lantas', 'Polsek', 'Reskrim'];
  const GROUPS = ['motorcycle', 'car', 'traffic', 'car', 'detective'];
  for (let no = 1; no <= Number(process.env.UNITS ?? 64); no += 1) {
    const group = no % 5;
    const at = { lng: HOME.lng + (random() - 0.5) * 0.14, lat: HOME.lat + (random() - 0.5) * 0.11 };
    const status =
      no % 13 === 0 ? 'break' : no % 11 === 0 ? 'busy' : no % 17 === 0 ? 'off_duty' : 'available';
    const unit = {
      id: `unit-${no}`,
      no,
      call_sign: `${WORDS[group]}-${String(no).padStart(2, '0')}`,
      kind: GROUPS[group],
      polsek: group === 3 ? code(no % 5) : null,
      crew: 2 + (no % 3),
      post: at,
      status,
      status_since: ago(900),
      assignment: null,
      emergency: false,
      taken: no % 6,
    };
    city.units.set(unit.id, unit);
    city.fixes.set(unit.id, { ...at, at: ago(3), heading_deg: random() * 360, speed_mps: 8 });
  }
  for (let index = 0; index < 14; index += 1) {
    const [category, priority, text, said, because] = SAID[index % SAID.length];
    const id = `rep-${index}`;
    const received = ago(40 + index * 97);
    const phrases = Object.fromEntries(
      ['what', 'how', 'when', 'where', 'who'].map((key) => [
        key,
        said[key] ? { text: said[key], confidence: 0.8 } : null,
      ]),
    );
    const known = Object.fromEntries(
      Object.entries(phrases).map(([key, value]) => [key, value !== null]),
    );
    const placed = known.where || index % 8 === 4;
    city.reports.set(id, {
      id,
      number: `MDN-20261122-${String(101 + index).padStart(4, '0')}`,
      channel: ['whatsapp', 'call110', 'citizen_app', 'whatsapp'][index % 4],
      reporter: `p-${index}`,
      messages: ['m1'],
      last_message_at: received,
      reading: {
        service: priority === 4 ? 'information' : 'police',
        category,
        priority,
        confidence: 0.91,
        known,
      },
      reading_by_hand: false,
      place: placed ? place(index) : null,
      jurisdiction: placed ? jurisdiction(index) : null,
      state: { name: 'queued' },
      handed_from: null,
      followers: [],
      referrals: [],
      stamps: {
        sent_at: ago(44 + index * 97),
        received_at: received,
        first_reply_at: received,
        located_at: received,
        claimed_at: null,
        closed_at: null,
      },
    });
    const message = (direction, words, at, status = null, more = {}) => ({
      id: `${id}-${direction}-${at}`,
      direction,
      kind: 'text',
      text: words,
      lng: null,
      lat: null,
      media: null,
      revoked: false,
      sent_at: at,
      received_at: at,
      status,
      ...more,
    });
    city.texts.set(id, {
      meaning: { service: 'police', category, priority, confidence: 0.91, ...phrases, because },
      messages: [
        message('in', text, received),
        message(
          'out',
          `Terima kasih. Laporan Anda kami terima dengan nomor MDN-20261122-${101 + index}.`,
          ago(38 + index * 97),
          'read',
        ),
        ...(index % 3 === 0
          ? [
              message('in', null, ago(30 + index * 97), null, {
                kind: 'location',
                lng: 98.67,
                lat: 3.58,
              }),
            ]
          : []),
      ],
    });
  }
  const STATES = ['queued', 'responding', 'on_scene', 'queued', 'held', 'responding', 'offered'];
  STATES.forEach((state, index) => {
    const [category, priority] = SAID[index % 5];
    const id = `inc-${index}`;
    const incident = {
      id,
      number: `MDN-20261122-${String(61 + index).padStart(4, '0')}`,
      category,
      priority,
      place: place(index + 20),
      jurisdiction: jurisdiction(index),
      reports: [],
      assignments: [],
      declined: [],
      handling: state === 'held' ? { name: 'held', by: 'user-1' } : { name: 'open' },
      state,
      merged_into: null,
      referrals: [],
      photos: [],
      shortfall: index === 3 ? 'semua mobil Polsek ini sedang bertugas' : null,
      automatic: index === 1,
      received_at: ago(120 + index * 130),
      opened_at: ago(90 + index * 130),
      closed_at: null,
    };
    if (['responding', 'on_scene', 'offered'].includes(state)) {
      const unit = city.units.get(`unit-${index * 3 + 1}`);
      const live =
        state === 'responding' ? 'en_route' : state === 'offered' ? 'delivered' : 'on_scene';
      const assignment = {
        id: `asg-${index}`,
        incident: id,
        unit: unit.id,
        primary: true,
        state: live,
        expires_at: new Date(Date.now() + 40_000).toISOString(),
        travel_time_s: 260,
        automatic: index === 1,
        override_reason: null,
        keys: [],
        stamps: {
          offered_at: ago(80 + index * 100),
          delivered_at: ago(79 + index * 100),
          accepted_at: live === 'delivered' ? null : ago(60 + index * 100),
          en_route_at: live === 'delivered' ? null : ago(50 + index * 100),
          on_scene_at: live === 'on_scene' ? ago(20) : null,
          ended_at: null,
        },
      };
      incident.assignments.push(assignment.id);
      city.assignments.set(assignment.id, assignment);
      city.units.set(unit.id, {
        ...unit,
        status: live === 'delivered' ? 'offered' : live,
        assignment: assignment.id,
      });
    }
    city.incidents.set(id, incident);
  });
  city.drive = () => {
    for (const [id, fix] of city.fixes) {
      const status = city.units.get(id).status;
      if (status !== 'available' && status !== 'en_route') continue;
      const heading = fix.heading_deg + (random() - 0.5) * 20;
      const angle = (heading * Math.PI) / 180;
      const out = Math.abs(fix.lng - HOME.lng) > 0.08 || Math.abs(fix.lat - HOME.lat) > 0.065;
      city.fixes.set(id, {
        lng: fix.lng + Math.sin(angle) * 0.00009,
        lat: fix.lat + Math.cos(angle) * 0.00009,
        at: new Date().toISOString(),
        heading_deg: (out ? heading + 170 : heading + 360) % 360,
        speed_mps: 9,
      });
    }
  };
  return city;
}
