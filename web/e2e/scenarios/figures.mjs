/** The commander: no number without what it is made of, and what a move would change. */
import { Citizen } from '../citizen.mjs';
import { Phone } from '../exchange.mjs';
import { near, SUNGGAL } from '../places.mjs';
import { eventually, must } from '../wait.mjs';

const post = (server, who, path, body) =>
  server.ask(who, path, { method: 'POST', body: JSON.stringify(body) });

/** Reports, an incident with the second best unit there, and a call nobody answers. */
async function aDay({ server }) {
  for (let n = 0; n < 6; n += 1) {
    const citizen = new Citizen(server, `Warga ${n}`);
    await citizen.reports('Pak, motor saya hilang dicuri orang', near(SUNGGAL, 12 * n, 8 * n));
  }
  const reports = await eventually('six reports on the desk', async () => {
    const { items } = await server.ask('operator', '/v1/queue');
    return items.length === 6 && items.every(({ report }) => report.place !== null) && items;
  });
  const { id } = reports[0].report;
  await post(server, 'operator', `/v1/reports/${id}/claim`, {});
  const incident = await post(server, 'operator', `/v1/reports/${id}/incident`, {});
  const path = `/v1/incidents/${incident.id}`;
  const { candidates } = await server.ask('operator', `${path}/recommendation`);
  const [, second] = candidates;
  const offer = await post(server, 'operator', `${path}/assignments`, {
    unit_id: second.unit_id,
    override_reason: 'regu ini mengenal lokasi',
  });
  for (const step of ['accept', 'en_route', 'on_scene', 'clear']) {
    const at = new Date().toISOString();
    await post(server, second.call_sign, `/v1/assignments/${offer.id}/steps`, {
      step,
      key: `${offer.id}-${step}`,
      at,
    });
  }
  const phone = new Phone(server, '081200000777');
  await phone.says('ringing');
  await phone.says('ended');
}

/** Presses every number on the page and holds it against what opens. */
async function opensAll(chief, least) {
  await chief.page.locator('details:not([open])').evaluateAll((all) => {
    for (const one of all) one.open = true;
  });
  const buttons = chief.page.locator('button[data-means]');
  const count = await buttons.count();
  must(count >= least, `only ${count} numbers can be opened`);
  const bare = await chief.page.locator('table.figures td, dl dd').evaluateAll((cells) =>
    cells
      .filter((cell) => /\d/.test(cell.textContent ?? ''))
      .filter((cell) => cell.querySelector('button[data-means]') === null)
      .map((cell) => cell.textContent),
  );
  must(bare.length === 0, `numbers that open nothing: ${bare}`);
  for (let n = 0; n < count; n += 1) {
    const button = buttons.nth(n);
    const means = await button.getAttribute('data-means');
    const value = Number(await button.getAttribute('data-value'));
    const words = (await button.textContent()).trim();
    await button.click();
    await chief.by('behind-total').waitFor();
    const total = Number((await chief.by('behind-total').textContent()).replace(/\D/g, ''));
    const where = `number ${n} (${words})`;
    if (means === 'count') must(total === value, `${where} is ${value} and opens ${total}`);
    if (means === 'seconds') {
      const first = await chief.by('behind-item').first().getAttribute('data-value');
      must(Math.abs(Number(first) - value) < 1e-6, `${where} opens ${first} s first`);
    }
    if (means === 'share') await chief.sees('behind-meaning', words);
    await chief.by('behind-close').click();
    await chief.by('behind').waitFor({ state: 'detached' });
  }
}

export default {
  'every number of the commander opens the lines it is made of': async (stage) => {
    await aDay(stage);
    const chief = await stage.commander();
    await chief.page.locator('.days button').last().click();
    await chief.sees('key-reports', '6');
    await opensAll(chief, 12);
    await chief.opens('work');
    await chief.sees('total-reports', '6');
    await chief.sees('insight-crews');
    await stage.shows(chief, 'work');
    await opensAll(chief, 25);
    await chief.opens('report');
    await chief.sees('key-reports', '6');
    await opensAll(chief, 25);
    await chief.opens('map');
    await chief.sees('total-reports', '6');
    await chief.clicksMap(near(SUNGGAL, 30, 20));
    await chief.sees('insight-cell');
    await chief.by('insight-cell-open').click();
    await chief.sees('behind-total', '6');
    await chief.by('behind-item').first().click();
    await chief.sees('behind-entries', 'Laporan diterima');
    await chief.by('behind-close').click();
  },

  'a unit is moved on the map by hand and by keyboard, and only on the screen': async (stage) => {
    const chief = await stage.commander();
    await chief.opens('coverage');
    await chief.by('reach-share-before').waitFor();
    const pins = chief.by('unit-pin');
    await pins.first().waitFor();
    // By keyboard: three long steps to the east, put down, undone.
    const pin = pins.first();
    await pin.focus();
    for (let n = 0; n < 3; n += 1) await chief.page.keyboard.press('Shift+ArrowRight');
    await chief.sees('move-status', 'Enter');
    await chief.page.keyboard.press('Enter');
    await chief.by('reach-share-after').waitFor();
    await chief.sees('move-effect', 'sel');
    await stage.shows(chief, 'moved');
    await chief.by('reach-undo').click();
    await chief.by('reach-share-after').waitFor({ state: 'detached' });
    // By hand: the first pin nothing lies upon, dragged some way.
    const at = await pins.evaluateAll((all) => {
      for (const one of all) {
        const { x, y, width, height } = one.getBoundingClientRect();
        const middle = [x + width / 2, y + height / 2];
        if (document.elementFromPoint(...middle) === one) return middle;
      }
      return null;
    });
    must(at !== null, 'every pin lies under another');
    await chief.page.mouse.move(at[0], at[1]);
    await chief.page.mouse.down();
    await chief.page.mouse.move(at[0] + 40, at[1] + 30, { steps: 4 });
    await chief.page.mouse.move(at[0] + 110, at[1] + 80, { steps: 4 });
    await chief.page.mouse.up();
    await chief.by('move-effect').waitFor();
    await chief.by('reach-back').click();
    await chief.by('move-effect').waitFor({ state: 'detached' });
    // A press on a cell says which unit is nearest to it.
    const spot = await chief.by('insight-map').evaluate((box) => {
      const { x, y, width, height } = box.getBoundingClientRect();
      for (let n = 0; n < 400; n += 1) {
        const turn = n * 2.4;
        const at = [x + width / 2 + n * Math.cos(turn), y + height / 2 + n * Math.sin(turn)];
        if (document.elementFromPoint(...at)?.tagName === 'CANVAS') return at;
      }
      return null;
    });
    must(spot !== null, 'the map is all pins');
    await chief.page.mouse.click(...spot);
    await chief.by('open-nearest').click();
    await chief.by('behind-item').first().waitFor();
    await chief.by('behind-close').click();
  },
};
