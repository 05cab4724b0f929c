/** Where units are and were, which roads are closed, and what the driver is told. */
import { Citizen } from '../citizen.mjs';
import { near, SUNGGAL } from '../places.mjs';
import { eventually, must } from '../wait.mjs';

const UNIT = 'Patko-Sunggal-1';

/** Sends fixes of the unit, `[seconds ago, metres east, accuracy, speed]`; what became of them. */
async function sends(stage, fixes) {
  const { items } = await stage.server.ask(UNIT, '/v1/units');
  const { id, post } = items.find((unit) => unit.call_sign === UNIT);
  const now = Date.now();
  const body = fixes.map(([ago, east, accuracy_m, speed_mps]) => ({
    ...near(post, east, 0),
    at: new Date(now - ago * 1000).toISOString(),
    accuracy_m,
    speed_mps,
  }));
  const options = { method: 'POST', body: JSON.stringify({ items: body }) };
  return { id, taken: await stage.server.ask(UNIT, `/v1/units/${id}/positions`, options) };
}

/** Chooses the unit in the list. */
async function opensUnit(operator) {
  await operator.by('tab-units').click();
  await operator.by('search').fill(UNIT);
  await operator.by('unit-row').filter({ hasText: UNIT }).click();
  await operator.by('unit-card').filter({ hasText: UNIT }).waitFor();
}

/** Moves the slider as a hand does: its value, and that it was moved. */
const slides = (operator, share) =>
  operator.by('playback-slider').evaluate((slider, to) => {
    slider.value = String(Number(slider.min) + (Number(slider.max) - Number(slider.min)) * to);
    slider.dispatchEvent(new Event('input', { bubbles: true }));
  }, share);

/** Clicks the map so many pixels from its middle. */
async function clicksMap(operator, [x, y]) {
  const box = await operator.by('map').boundingBox();
  await operator.page.mouse.click(box.x + box.width / 2 + x, box.y + box.height / 2 + y);
}

export default {
  'a track is played back with its gaps; what was kept out is told; an old position says so':
    async (stage) => {
      const drive = (from, to, east) =>
        Array.from({ length: (from - to) / 5 }, (_, n) => [from - n * 5, east + n * 50, 5, 10]);
      // Twenty minutes on the way, ten silent, ten on the way again; since then silence.
      const { id, taken } = await sends(stage, [
        ...drive(2500, 1300, 0),
        ...drive(700, 100, 12_000),
        [688, 90_000, 5, 10],
        [648, 12_400, 900, 0],
      ]);
      must(taken.jumps === 1 && taken.coarse === 1, `kept out: ${JSON.stringify(taken)}`);
      must(taken.taken === 360, `taken: ${JSON.stringify(taken)}`);
      const operator = await stage.operator();
      await opensUnit(operator);
      await operator.page.locator('[data-testid="freshness"][data-state="stale"]').waitFor();
      await operator.sees('unit-silent', 'posisi lama');
      await operator.sees('reception-jump', '1');
      await operator.sees('reception-coarse', '1');
      await operator.sees('reception-kept-out', 'Terakhir disisihkan');
      await stage.shows(operator, 'unit');
      // The sampled track reaches the table within some seconds.
      await eventually('the track to be kept', async () => {
        const { items } = await stage.server.ask(UNIT, `/v1/units/${id}/track`);
        return items.length > 300;
      });
      await operator.by('unit-playback').click();
      const bar = operator.by('playback');
      await operator.by('playback-slider').waitFor();
      must((await operator.by('playback-gap').count()) >= 2, 'the silences are not shown');
      const began = await operator.by('playback-time').textContent();
      await operator.by('playback-speed').selectOption('60');
      await operator.by('playback-play').click();
      await eventually(
        'the play to go on',
        async () => (await operator.by('playback-time').textContent()) !== began,
      );
      await operator.sees('playback-words', '36 km/jam');
      await operator.by('playback-play').click();
      await stage.shows(operator, 'playing');
      // 2,500 to 1,300 and 700 to 100 seconds ago were driven: 1,000 seconds ago is a gap.
      await slides(operator, (3600 - 1000) / 3600);
      await operator.page.locator('[data-testid="playback"][data-moment="gap"]').waitFor();
      await operator.sees('playback-words', 'Tidak ada data sejak');
      await stage.shows(operator, 'gap');
      for (const [name, width, height] of [
        ['room', 1280, 800],
        ['telephone', 390, 844],
      ]) {
        await operator.page.setViewportSize({ width, height });
        if (name === 'telephone') await operator.by('card-close').click();
        await stage.shows(operator, `gap-${name}`);
      }
      // A period of one's own without anything.
      await operator.by('playback-period').selectOption('0');
      await operator.by('playback-from').fill('2026-01-01T10:00');
      await operator.by('playback-to').fill('2026-01-01T09:00');
      must(await operator.by('playback-load').isDisabled(), 'a period backwards can be loaded');
      await operator.by('playback-to').fill('2026-01-01T11:00');
      await operator.by('playback-load').click();
      await operator.by('playback-empty').waitFor();
      await operator.by('playback-close').click();
      await bar.waitFor({ state: 'detached' });
    },

  'an administrator says which trackers sit in a unit, and sees that they are heard': async (
    stage,
  ) => {
    const admin = await stage.visitor();
    await admin.signsIn('admin');
    await admin.page.locator('a[href="/admin"]').waitFor();
    await admin.page.goto(`${stage.server.url}/admin#units`);
    const row = admin.by(`unit-${UNIT}`);
    await row.getByTestId('trackers-edit').click();
    await row.getByTestId('tracker-names').fill('123456789012345\ntablet-07');
    await row.getByTestId('trackers-save').click();
    await row.getByTestId('tracker').filter({ hasText: 'belum terdengar' }).first().waitFor();
    const { lng, lat } = SUNGGAL;
    const said = await fetch(
      `${stage.server.url}/v1/gps/osmand?id=tablet-07&lat=${lat}&lon=${lng}&accuracy=6`,
    );
    must((await said.json()).taken === 1, 'its fix is not taken');
    await admin.page.reload();
    await row.getByTestId('tracker').filter({ hasText: 'Traccar Client' }).waitFor();
    // Entered for another unit it would leave this one: that is said before it happens.
    const other = admin.page.locator('tr[data-testid^="unit-"]').last();
    await other.getByTestId('trackers-edit').click();
    await other.getByTestId('tracker-names').fill('tablet-07');
    await other.getByTestId('tracker-moves').filter({ hasText: UNIT }).waitFor();
    await stage.shows(admin, 'trackers');
    await other.getByTestId('trackers-save').click();
    await other.getByTestId('tracker').filter({ hasText: 'tablet-07' }).waitFor();
    must((await row.getByTestId('tracker').count()) === 1, 'the tracker sits in two units');
  },

  'a road is closed by a drawing, everybody sees it, and it is opened again': async (stage) => {
    const [operator, other] = [await stage.operator(), await stage.operator('supervisor')];
    await opensUnit(operator);
    await operator.by('unit-show').click();
    await operator.by('closures-toggle').click();
    await operator.by('closure-line').click();
    await operator.sees('closure-hint', 'Klik titik-titik');
    must(await operator.by('closure-save').isDisabled(), 'nothing can be closed');
    await clicksMap(operator, [-160, -120]);
    await clicksMap(operator, [160, 140]);
    await operator.by('closure-reason').selectOption('flood');
    await stage.shows(operator, 'drawing');
    await operator.by('closure-save').click();
    await operator.sees('closure', 'banjir');
    await other.sees('closures-count', '1');
    await stage.shows(operator, 'closed');
    const { items } = await stage.server.ask('operator', '/v1/closures');
    must(items[0].streets.length > 0, 'it meets no street');
    await other.by('closures-toggle').click();
    await other.by('closure-reopen').click();
    await operator.by('closures-count').waitFor({ state: 'detached' });
  },

  'the tablet tells the next turn while the crew is on its way, and none when it is there': async (
    stage,
  ) => {
    const operator = await stage.operator();
    const crew = await stage.crew(UNIT);
    const scene = near(SUNGGAL, 900, 700);
    await new Citizen(stage.server).reports('Pak, motor saya hilang dicuri orang', scene);
    await operator.by('report-row').first().waitFor();
    await operator.takesNext();
    const incident = await operator.makesIncident();
    await operator.opensIncident(incident);
    const candidate = operator.page.locator(`[data-testid="candidate"][data-unit="${UNIT}"]`);
    await candidate.getByTestId('offer').click();
    const dialog = operator.by('override-dialog-text');
    await Promise.race([
      dialog.waitFor().then(async () => {
        await dialog.fill('paling dekat');
        await operator.by('override-dialog-submit').click();
      }),
      operator.assigned(UNIT),
    ]).catch(() => {});
    await crew.accepts();
    await crew.drivesOff();
    await crew.by('tablet-turn').waitFor();
    const words = await crew.by('tablet-turn').textContent();
    must(/\d+\s*(m|km)/.test(words), `how far it is: ${words}`);
    await stage.shows(crew, 'turn');
    await crew.arrives();
    await crew.by('tablet-turn').waitFor({ state: 'detached' });
  },
};
