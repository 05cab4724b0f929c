/** The citizen's page on a telephone: reporting, following, without a network, looking around. */
import { deflateSync } from 'node:zlib';
import { eventually, must } from '../wait.mjs';

const MEDAN = { longitude: 98.6722, latitude: 3.5852, accuracy: 14 };

/** A real PNG of `side` pixels that does not compress: a photo of some size. */
function photo(side) {
  const crcs = Array.from({ length: 256 }, (_, n) => {
    let c = n;
    for (let k = 0; k < 8; k += 1) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    return c >>> 0;
  });
  const crc = (bytes) => {
    let c = 0xffffffff;
    for (const byte of bytes) c = crcs[(c ^ byte) & 0xff] ^ (c >>> 8);
    return (c ^ 0xffffffff) >>> 0;
  };
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const out = Buffer.alloc(12 + data.length);
    out.writeUInt32BE(data.length, 0);
    body.copy(out, 4);
    out.writeUInt32BE(crc(body), 8 + data.length);
    return out;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(side, 0);
  head.writeUInt32BE(side, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const rows = Buffer.alloc(side * (1 + 3 * side));
  let seed = 7;
  for (let at = 0; at < rows.length; at += 1) {
    seed = (seed * 1103515245 + 12345) >>> 0;
    rows[at] = at % (1 + 3 * side) === 0 ? 0 : (seed >>> 16) & 0xff;
  }
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  return Buffer.concat([
    signature,
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows, { level: 1 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

const file = (name, side) => ({ name, mimeType: 'image/png', buffer: photo(side) });

export default {
  'a citizen reports from a telephone and follows it to the end': async (stage) => {
    const siti = await stage.reporter(MEDAN);
    await siti.opens();
    await stage.shows(siti, 'form');
    await siti.writes('Kebakaran rumah besar di sini, api membesar, ada orang terjebak di dalam');
    await siti.isHere();
    await siti.photographs(file('api.png', 640));
    await stage.shows(siti, 'filled');
    // Nobody is logged in: the report is kept, and goes by itself after the code.
    await siti.sends();
    await siti.page.getByTestId('enter-phone').waitFor();
    await stage.shows(siti, 'number');
    await siti.signsIn();
    const ticket = await siti.ticket();
    must(/^MDN-\d{8}-\d{4}$/.test(ticket), `a ticket number: ${ticket}`);
    await stage.shows(siti, 'taken');
    await siti.follows();
    await siti.sees('arranged');
    await siti.page.locator('[data-testid=talk] img').waitFor();

    // The desk looks at the photo large, and goes on with the keyboard.
    const operator = await stage.operator();
    await operator.by('tab-incidents').click();
    await operator.by('incident-row').first().click();
    await operator.by('incident-card').getByRole('button', { name: ticket }).click();
    await operator.by('media-picture').first().click();
    await operator.by('media-viewer').waitFor();
    const large = operator.by('media-viewer').locator('img');
    await eventually('the photo to be drawn', () =>
      large.evaluate((image) => image.complete && image.naturalWidth === 640),
    );
    await stage.shows(operator, 'viewer');
    await operator.press('Escape');
    await operator.by('media-viewer').waitFor({ state: 'detached' });

    // The unit that was offered it takes it and rolls.
    const { server } = stage;
    const { items } = await server.ask('operator', '/v1/incidents');
    const detail = await server.ask('operator', `/v1/incidents/${items[0].id}`);
    const offers = detail.assignments.filter((assignment) => assignment.state !== 'expired');
    const [offer] = offers.filter((assignment) => assignment.primary);
    const step = (name) =>
      server.ask('operator', `/v1/assignments/${offer.id}/steps`, {
        method: 'POST',
        body: JSON.stringify({ step: name, key: name, at: new Date().toISOString() }),
      });
    await step('accept');
    await step('en_route');
    await siti.sees('on_the_way');
    await stage.shows(siti, 'on-the-way');
    await step('on_scene');
    await step('clear');
    for (const other of offers.filter((assignment) => !assignment.primary)) {
      await server.ask('operator', `/v1/assignments/${other.id}/release`, {
        method: 'POST',
        body: JSON.stringify({ reason: 'cukup satu' }),
      });
    }
    await server.ask('operator', `/v1/incidents/${items[0].id}/close`, {
      method: 'POST',
      body: JSON.stringify({ disposition: 'resolved' }),
    });
    await siti.sees('done');
    await siti.page.getByTestId('judge-5').click();
    await stage.shows(siti, 'done');
    await siti.page.getByTestId('judge-send').click();
    await siti.page.getByTestId('judge-thanks').waitFor();
    await siti.page.getByTestId('judge-reopen').click();
    await siti.page.getByTestId('judge-why').fill('Api menyala lagi');
    await siti.page.getByTestId('judge-open').click();
    await siti.sees('received');
  },

  'a report without a network is kept with its photo and leaves once when it is back': async (
    stage,
  ) => {
    const siti = await stage.reporter(MEDAN);
    await siti.opens();
    await siti.isKept();
    await siti.page.getByTestId('lapor-me').click();
    await siti.page.getByTestId('account-enter').click();
    await siti.signsIn();
    await siti.opensTab('report');
    await siti.page.context().setOffline(true);
    await siti.writes('Pohon tumbang menutup jalan di depan pasar');
    await siti.isHere();
    await siti.photographs(file('pohon.png', 900), file('jalan.png', 500));
    await siti.sends();
    await siti.page.getByTestId('form-kept').waitFor();
    await stage.shows(siti, 'kept');
    // The page itself opens without a network, and still knows what waits.
    await siti.page.reload();
    await siti.page.getByTestId('waiting').waitFor();
    await siti.page.context().setOffline(false);
    await eventually('the report to leave', async () => (await siti.reports()).length === 1);
    await siti.page.getByTestId('waiting').waitFor({ state: 'detached' });
    await siti.opensTab('mine');
    await siti.page.getByTestId('mine-report').waitFor();
    await stage.shows(siti, 'mine');
    await siti.page.getByTestId('mine-report').click();
    await eventually(
      'both photos',
      async () => (await siti.page.locator('[data-testid=talk] img').count()) === 2,
    );
    must((await siti.reports()).length === 1, 'one report, however often it was tried');
  },

  'in the dark: a point moved on the map, and what anybody may know': async (stage) => {
    const budi = await stage.reporter(MEDAN, { colorScheme: 'dark' });
    await budi.opens();
    await budi.page.getByTestId('lapor-me').click();
    await budi.page.getByTestId('account-enter').click();
    await budi.signsIn();
    await budi.page.getByTestId('lapor-me').click();
    await stage.shows(budi, 'account');
    await budi.opensTab('report');
    await budi.writes(
      'Jalan macet total, truk mogok melintang di tengah jalan, semua arah berhenti',
    );
    await budi.isHere();
    await budi.movesThePoint();
    await stage.shows(budi, 'map');
    await budi.page.getByTestId('pin-use').click();
    await budi.sends();
    await budi.ticket();
    // An operator makes it an incident; then the roads tell of it, without the point itself.
    const { server } = stage;
    const detail = await server.ask('operator', '/v1/queue/next', { method: 'POST', body: '{}' });
    const path = `/v1/reports/${detail.report.id}`;
    await server.ask('operator', path, {
      method: 'PATCH',
      body: JSON.stringify({ category: 'kemacetan', priority: 3 }),
    });
    await server.ask('operator', `${path}/incident`, { method: 'POST', body: '{}' });
    await eventually(
      'the roads to tell',
      async () => (await (await fetch(`${server.url}/v1/citizen/traffic`)).json()).items.length > 0,
    );
    await budi.opensTab('around');
    await budi.page.locator('[data-testid=around-roads] li').waitFor();
    await budi.page.getByTestId('around-near').click();
    await budi.page.locator('[data-testid=around-roads] li').waitFor();
    await stage.shows(budi, 'around');
  },
};
