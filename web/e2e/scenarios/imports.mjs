/** Areas, names and streets from files in an administrator's browser: the bad ones said, the good ones taken over. */
import { near, SUNGGAL } from '../places.mjs';
import { must } from '../wait.mjs';

const file = (name, mimeType, text) => ({ name, mimeType, buffer: Buffer.from(text) });

async function atSetup(stage, step) {
  const admin = await stage.visitor();
  await admin.signsIn('admin');
  await admin.page.locator('a[href="/admin"]').first().waitFor();
  await admin.page.goto(`${stage.server.url}/admin#setup`);
  const opener = admin.by(`open-${step}`);
  await opener.waitFor();
  if ((await opener.getAttribute('aria-expanded')) === 'false') await opener.click();
  return admin;
}

/** A town of eight by eight streets, 200 m apart, around a place of the city. */
function town(side) {
  const nodes = [];
  const ways = [];
  for (let n = 0; n < side * side; n++) {
    const at = near(SUNGGAL, (n % side) * 200, Math.floor(n / side) * 200);
    nodes.push(`<node id="${n + 1}" lat="${at.lat.toFixed(7)}" lon="${at.lng.toFixed(7)}"/>`);
  }
  for (let way = 0; way < 2 * side; way++) {
    const row = way % side;
    const refs = Array.from({ length: side }, (_, k) =>
      way < side ? row * side + k : k * side + row,
    );
    ways.push(
      `<way id="${way + 1}">${refs.map((ref) => `<nd ref="${ref + 1}"/>`).join('')}<tag k="highway" v="residential"/><tag k="name" v="Jalan Uji ${way + 1}"/></way>`,
    );
  }
  return `<osm version="0.6">${nodes.join('')}${ways.join('')}</osm>`;
}

async function names(stage) {
  const admin = await atSetup(stage, 'streets');
  const choose = (text) =>
    admin.by('places-file').setInputFiles(file('nama.csv', 'text/csv', text));
  const good = `name,kind,lng,lat\nPasar Uji,landmark,${SUNGGAL.lng},${SUNGGAL.lat}\n`;
  await choose(`${good}Jl. Salah,street,198.6,3.58\n`);
  await admin.sees('problems', 'baris 3');
  must((await admin.by('places-apply').count()) === 0, 'a bad table can be taken over');
  await choose('tidak ada kolom');
  await admin.sees('problems', 'baris 1');
  await stage.shows(admin, 'names');
  await choose(good);
  await admin.sees('places-report', '1 nama');
  await admin.by('places-apply').click();
  await admin.by('places-apply').waitFor({ state: 'detached' });
  const found = await stage.server.ask('admin', '/v1/office/steps');
  must(found.restart_needed, 'the names do not wait for a restart');
}

async function streets(stage) {
  const admin = await atSetup(stage, 'streets');
  const choose = (name, text) =>
    admin.by('streets-file').setInputFiles(file(name, 'application/octet-stream', text));
  await choose('foto.osm.pbf', 'PK\u0003\u0004 bukan peta');
  await admin.sees('streets-refused', 'Berkas ini tidak dapat dipakai');
  const whole = town(8);
  await choose('separuh.osm', whole.slice(0, whole.length / 2));
  await admin.page.getByTestId('streets-refused').waitFor();
  must((await admin.by('streets-apply').count()) === 0, 'half a file can be taken over');
  await choose('kota.osm', whole);
  await admin.sees('streets-report', 'ruas jalan');
  await stage.shows(admin, 'streets');
  await admin.by('streets-apply').click();
  await admin.sees('streets-applied', 'Peta jalan yang baru tersimpan');
}

async function areas(stage) {
  const admin = await atSetup(stage, 'areas');
  const choose = (text) =>
    admin.by('areas-file').setInputFiles(file('wilayah.geojson', 'application/geo+json', text));
  const { lng, lat } = SUNGGAL;
  const ring = (to) => [
    [lng, lat],
    [to, lat],
    [to, lat + 0.02],
    [lng, lat + 0.02],
    [lng, lat],
  ];
  const area = (kode, to) =>
    JSON.stringify({
      type: 'Feature',
      properties: { kode, nama: 'Uji', kode_kecamatan: '12.71.01', kecamatan: 'Kecamatan Uji' },
      geometry: { type: 'Polygon', coordinates: [ring(to)] },
    });
  const collection = (...features) =>
    `{"type":"FeatureCollection","features":[\n${features.join(',\n')}\n]}`;
  // Cut off, and metres instead of degrees: each with its line.
  await choose(collection(area('12.71.01.1001', lng + 0.02)).slice(0, -20));
  await admin.sees('problems', 'baris 2');
  await choose(collection(area('12.71.01.1001', lng + 0.02), area('12.71.01.1002', 462_000)));
  await admin.sees('problems', '12.71.01.1002');
  await admin.sees('problems', 'baris 3');
  await stage.shows(admin, 'areas');
  await choose(collection(area('12.71.01.1001', lng + 0.02)));
  await admin.sees('areas-report', '1 kelurahan dan desa di 1 kecamatan');
  await admin.sees('areas-report', 'akan hilang');
  await admin.by('areas-apply').click();
  await admin.page.getByText('Wilayah disimpan.').waitFor();
}

export default {
  'names of places from a table: the bad line is said, the good table taken over': names,
  'streets from an extract: what is none is refused, the town is taken over': streets,
  'areas from a file: a broken one is said by line, the good one replaces those in use': areas,
};
