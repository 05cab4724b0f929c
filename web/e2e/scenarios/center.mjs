/** The command center itself: one bar for everything, panes, wall, second map, sounds, shifts, days. */
import { Citizen } from '../citizen.mjs';
import { MEDAN_KOTA, SUNGGAL } from '../places.mjs';
import { eventually, must } from '../wait.mjs';

const THEFT = 'Pak, motor saya hilang di parkiran, dicuri orang';
const FIRE = 'Tolong kebakaran rumah besar, api membesar, ada orang terjebak di dalam';

/** The row of the command bar that is chosen. */
const chosen = (one) => one.page.locator('[data-testid="bar-row"][aria-selected="true"]');

export default {
  'everything is found and done from one bar, without a mouse': async (stage) => {
    const citizen = new Citizen(stage.server, 'Siti Contoh');
    const operator = await stage.operator();
    await citizen.reports(THEFT, SUNGGAL);
    await operator.row('Sei Sikambing B').waitFor();

    await operator.press('Control+k');
    await operator.by('bar-input').waitFor();
    await stage.shows(operator, 'acts');
    await operator.page.keyboard.type('pencurian');
    const found = operator.by('bar-row').filter({ hasText: 'dicuri orang' });
    await found.waitFor();
    await stage.shows(operator, 'found');
    while (!(await chosen(operator).textContent()).includes('dicuri'))
      await operator.press('ArrowDown');
    await operator.press('Enter');
    await operator.by('report-card').waitFor();
    must((await operator.by('command-bar').count()) === 0, 'the bar stays open');

    // An act by name, a unit by its call sign, a place.
    await operator.press('Control+k');
    await operator.page.keyboard.type('ambil laporan');
    await operator.press('Enter');
    await operator.reportIs('claimed');
    const { items } = await stage.server.ask('operator', '/v1/units');
    const unit = items.find((one) => one.status === 'available');
    await operator.press('Control+k');
    await operator.page.keyboard.type(unit.call_sign);
    await chosen(operator).filter({ hasText: unit.call_sign }).waitFor();
    await operator.press('Enter');
    await operator.by('unit-card').waitFor();
    await operator.press('f');
    await operator.sees('following', unit.call_sign);
    await operator.press('Escape');
    await operator.by('following').waitFor({ state: 'detached' });
    await operator.press('Control+k');
    await operator.page.keyboard.type('zzzzz');
    await operator.sees('bar-row', 'Cari pelapor');
    await operator.press('Escape');
    await operator.by('command-bar').waitFor({ state: 'detached' });
  },

  'a reporter is found by name for a reason, and the look is in the book': async (stage) => {
    const citizen = new Citizen(stage.server, 'Siti Contoh');
    const operator = await stage.operator();
    await citizen.reports(THEFT, SUNGGAL);
    await operator.row('Sei Sikambing B').waitFor();
    await operator.press('Control+k');
    await operator.page.keyboard.type('siti');
    await operator.sees('bar-row', 'Cari pelapor');
    await operator.page.keyboard.press('ArrowUp');
    await operator.press('Enter');
    await operator.by('person-reason').waitFor();
    must(await operator.by('person-submit').isDisabled(), 'found without a reason');
    await operator.by('person-reason').fill('menelepon menanyakan laporannya');
    await operator.by('person-submit').click();
    await operator.sees('person', 'Siti Contoh');
    await stage.shows(operator, 'person');
    await operator.by('person-report').first().click();
    await operator.by('report-card').waitFor();
    await operator.page.getByText('menelepon menanyakan laporannya').first().waitFor();
  },

  'panes are as wide as somebody wants them, also after a reload': async (stage) => {
    const operator = await stage.operator();
    const width = async () => (await operator.page.locator('.lists').boundingBox()).width;
    const before = await width();
    await operator.by('splitter-left').focus();
    for (let n = 0; n < 5; n += 1) await operator.press('ArrowRight');
    const wider = await width();
    must(Math.abs(wider - before - 80) < 2, `80 wider, not ${wider - before}`);
    const line = await operator.by('splitter-right').boundingBox();
    await operator.page.mouse.move(line.x, line.y + 200);
    await operator.page.mouse.down();
    await operator.page.mouse.move(line.x - 150, line.y + 220, { steps: 4 });
    await operator.page.mouse.up();
    const card = async () => (await operator.by('card-pane').boundingBox()).width;
    const dragged = await card();
    await stage.shows(operator, 'panes');
    await operator.page.reload();
    await operator.connected();
    must(
      Math.abs((await width()) - wider) < 2 && Math.abs((await card()) - dragged) < 2,
      'not kept',
    );
    await operator.by('splitter-left').focus();
    await operator.press('Enter');
    must(Math.abs((await width()) - before) < 2, 'not reset');
    await operator.page.setViewportSize({ width: 1280, height: 800 });
    await stage.shows(operator, 'panes-small');
  },

  'the wall counts what waits and shows no reporter; an emergency sounds and is said': async (
    stage,
  ) => {
    const operator = await stage.operator();
    const wall = await operator.page.context().newPage();
    await wall.setViewportSize({ width: 1920, height: 1080 });
    await wall.goto(`${stage.server.url}/command?dinding`);
    await wall.getByTestId('wall').waitFor();
    await new Citizen(stage.server).reports(THEFT, SUNGGAL);
    await new Citizen(stage.server).reports(FIRE, MEDAN_KOTA);
    await wall.getByTestId('wall-incident').filter({ hasText: 'Kebakaran' }).waitFor();
    await operator.sees('toast', 'Laporan darurat: Kebakaran');
    const text = await wall.getByTestId('wall').innerText();
    must(
      !text.includes('motor saya') && !text.includes('62812'),
      'the wall tells who reported what',
    );
    must((await wall.locator('button').count()) === 0, 'there is something to press');
    await stage.shows({ page: wall }, 'wall');
    await operator.by('sound').click();
    must((await operator.by('sound').getAttribute('aria-pressed')) === 'false', 'the sound is on');
    await operator.page.reload();
    await operator.connected();
    must(
      (await operator.by('sound').getAttribute('aria-pressed')) === 'false',
      'the switch is not kept',
    );
  },

  'a map in another window shows what is chosen at the desk, and chooses': async (stage) => {
    const operator = await stage.operator();
    await new Citizen(stage.server).reports(THEFT, SUNGGAL);
    await operator.row('Sei Sikambing B').waitFor();
    const map = await operator.page.context().newPage();
    await map.setViewportSize({ width: 1280, height: 800 });
    await map.goto(`${stage.server.url}/command?peta`);
    await map.getByTestId('map-window').waitFor();
    await map.locator('[data-testid="connection"][data-state="live"]').waitFor();
    await map.waitForTimeout(1500);
    await operator.row('Sei Sikambing B').click();
    await operator.by('report-card').waitFor();
    // The pin stands in the middle of the other map now: a click there on open ground lets it go at the desk.
    await map.waitForTimeout(1500);
    await stage.shows({ page: map }, 'map-window');
    await map.mouse.click(300, 600);
    await operator.by('report-card').waitFor({ state: 'detached' });
  },

  'a line is measured on the map': async (stage) => {
    const operator = await stage.operator();
    await operator.page.waitForTimeout(1500);
    await operator.press('m');
    await operator.by('measure').waitFor();
    const box = await operator.by('map').boundingBox();
    for (const share of [0.4, 0.5, 0.6]) {
      await operator.page.mouse.click(box.x + box.width * share, box.y + box.height * 0.5);
      await operator.page.waitForTimeout(400);
    }
    await operator.sees('measure-length', 'km');
    await stage.shows(operator, 'measure');
    await operator.press('Escape');
    await operator.by('measure').waitFor({ state: 'detached' });
  },

  'colleagues see who has a report open, who types, and a supervisor takes it over': async (
    stage,
  ) => {
    const both = [await stage.operator('operator'), await stage.operator('supervisor')];
    const [one, other] = both;
    await new Citizen(stage.server).reports(THEFT, SUNGGAL);
    for (const person of both) await person.row('Sei Sikambing B').waitFor();
    await one.takesNext();
    await other.by('tab-queue').click();
    const { items } = await stage.server.ask('operator', '/v1/reports?state=claimed');
    await other.press('Control+k');
    await other.page.keyboard.type(items[0].number);
    await other.press('Enter');
    await other.by('report-card').waitFor();
    await other.by('lookers').waitFor();
    await one.by('lookers').waitFor();
    await one.press('r');
    await one.page.keyboard.type('Baik Pak, ');
    await other.page.getByText('sedang mengetik').first().waitFor();
    await stage.shows(other, 'typing');
    await other.by('take-over').click();
    await other.by('release').waitFor();
    await one.by('held-by-other').waitFor();
  },

  'a shift is handed over with notes and what it holds': async (stage) => {
    const going = await stage.operator('operator');
    const coming = await stage.operator('supervisor');
    await new Citizen(stage.server).reports(THEFT, SUNGGAL);
    await going.row('Sei Sikambing B').waitFor();
    await going.takesNext();
    await going.press('s');
    await going.by('shift-note').fill('Pelapor motor hilang akan mengirim nomor rangka.');
    await stage.shows(going, 'shift');
    await going.by('shift-hand-over').click();
    await going.sees('shift-waiting', 'nomor rangka');
    await coming.press('s');
    await coming.sees('shift-waiting', 'nomor rangka');
    await stage.shows(coming, 'take');
    await coming.by('shift-take').click();
    await coming.sees('shift-past', 'nomor rangka');
    await eventually(
      'the report to be theirs',
      async () => (await coming.by('shift-mine').textContent()) === '1',
    );
    await coming.press('Escape');
    await coming.page.getByText('Laporan saya').waitFor();
  },

  'the daily check shows what is left and is signed by a supervisor': async (stage) => {
    const operator = await stage.operator('operator');
    await new Citizen(stage.server).reports(THEFT, SUNGGAL);
    await operator.row('Sei Sikambing B').waitFor();
    const supervisor = await stage.operator('supervisor');
    await supervisor.press('s');
    await supervisor.by('duty-check').click();
    await supervisor.by('check-clear').waitFor();
    await supervisor.by('check-day').first().click();
    await supervisor.sees('check-left', '1');
    await stage.shows(supervisor, 'left');
    await supervisor.by('check-day').nth(1).click();
    await supervisor.by('check-clear').waitFor();
    await supervisor.by('check-note').fill('Lengkap.');
    await supervisor.by('check-sign').click();
    await supervisor.by('check-signed').waitFor();
    await stage.shows(supervisor, 'signed');
  },
};
