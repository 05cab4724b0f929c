/** Bad days at the desk: two windows, double-clicks, a server that stumbles, a night left open, floods of letters. */
import { Citizen } from '../citizen.mjs';
import { Operator } from '../people.mjs';
import { SUNGGAL } from '../places.mjs';
import { eventually, must } from '../wait.mjs';

const THEFT = 'Pak, motor saya hilang di parkiran, dicuri orang';
const WORDS = 'Petugas sudah menuju lokasi, mohon tunggu';
/** Tags, letters that run the other way, marks that pile up, faces made of many signs. */
const NASTY =
  '<script>alert(1)</script><img src=x onerror=alert(2)> \u202Eterbalik\u202C שלום مرحبا 👮🏽‍♀️👨‍👩‍👧‍👦 Z̷̧̢̛̤̫͙͒͊͌͠A̸ ';

/** What a browser says about answers a scenario makes up. */
const MADE_UP = /status of (401|404|409|422|500|502|503)|net::ERR_/;
const stumbling = (play) => Object.assign(play, { expected: MADE_UP });

/** One report of somebody, in the hands of an operator. */
async function taken(stage, operator) {
  const citizen = new Citizen(stage.server);
  await citizen.reports(THEFT, SUNGGAL);
  await operator.row('Sei Sikambing B').waitFor();
  await operator.takesNext();
  return citizen;
}

const times = async (citizen, words) =>
  (await citizen.received()).filter((text) => text.includes(words)).length;

/** Fails when the desk complained about anything. */
async function noComplaint(operator) {
  const bad = operator.page.locator('[data-testid="toast"][data-tone="bad"]');
  must((await bad.count()) === 0, `it complained: ${await bad.allTextContents()}`);
}

/** Nothing on the page sticks out at the side. */
async function fits(page, where) {
  const over = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  must(over <= 0, `${where} is ${over} pixels too wide`);
}

export default {
  'two windows of one operator: typed in both, sent once, done in one and seen in the other':
    async (stage) => {
      const first = await stage.operator();
      const citizen = await taken(stage, first);
      const second = new Operator(await first.page.context().newPage(), stage.server);
      await second.page.goto(`${stage.server.url}/command`);
      await second.connected();
      await second.by('report-row').first().click();
      await second.reportIs('claimed');
      await second.by('reply-text').waitFor();
      await first.by('reply-text').fill(WORDS);
      await eventually(
        'the words in the other window',
        async () => (await second.by('reply-text').inputValue()) === WORDS,
      );
      await Promise.all(
        [first, second].map((one) => one.by('reply-send').evaluate((button) => button.click())),
      );
      for (const one of [first, second]) {
        await eventually(
          'the field to be empty',
          async () => (await one.by('reply-text').inputValue()) === '',
        );
        await one.by('message-out').filter({ hasText: WORDS }).first().waitFor();
      }
      await second.by('resolve').click();
      await second.by('outcome-out_of_scope').check();
      await second.by('settle-submit').click();
      for (const one of [first, second]) await one.reportIs('closed');
      await second.by('toast-undo').waitFor();
      await second.press('z');
      for (const one of [first, second]) await one.reportIs('claimed');
      await first.by('reply-text').fill('Pesan kedua');
      await first.by('reply-send').click();
      await eventually('the second message', async () => (await times(citizen, 'Pesan kedua')) > 0);
      must((await times(citizen, WORDS)) === 1, 'sent twice');
    },

  'a settled report is taken back before anybody hears of it, and later with a reason': async (
    stage,
  ) => {
    const operator = await stage.operator();
    const citizen = await taken(stage, operator);
    const settles = async () => {
      await operator.by('resolve').click();
      await operator.by('outcome-unfounded').check();
      await operator.by('settle-submit').click();
      await operator.reportIs('closed');
    };
    await settles();
    await operator.sees('toast', 'selesai');
    await stage.shows(operator, 'undo');
    await operator.by('toast-undo').click();
    await operator.reportIs('claimed');
    await operator.by('message-out').filter({ hasText: 'ditarik sebelum terkirim' }).waitFor();
    await settles();
    await eventually(
      'the reporter to be told once',
      async () => (await times(citizen, 'selesai')) === 1,
      45_000,
    );
    await operator.by('reopen').click();
    await operator.by('reopen-dialog-text').fill('Pelapor menelepon lagi');
    await stage.shows(operator, 'reason');
    await operator.by('reopen-dialog-submit').click();
    await operator.reportIs('claimed');
    await eventually(
      'the reporter to be told that it is open',
      async () => (await times(citizen, 'buka kembali')) === 1,
      45_000,
    );
  },

  'a report handed to the wrong Polres comes back while nobody there has it': async (stage) => {
    const medan = await stage.operator('operator');
    const belawan = await stage.operator('operator-belawan');
    await new Citizen(stage.server).writes(THEFT);
    await medan.row('motor').waitFor();
    await medan.takesNext();
    const hands = async () => {
      await medan.by('hand-over').click();
      await medan.page.getByLabel(/Belawan/).check();
      await medan.by('settle-submit').dblclick();
      await medan.reportIs('closed');
      await belawan.row('motor').waitFor();
    };
    await hands();
    await medan.by('toast-undo').click();
    await medan.reportIs('claimed');
    await belawan.row('motor').waitFor({ state: 'detached' });
    await hands();
    await belawan.takesNext();
    await medan.by('toast-undo').last().click();
    await medan.sees('toast', 'Kantor tujuan sudah menanganinya');
    await medan.reportIs('closed');
  },

  'a double-click does everything once': async (stage) => {
    const operator = await stage.operator();
    const citizens = [new Citizen(stage.server), new Citizen(stage.server)];
    for (const [n, citizen] of citizens.entries()) {
      await citizen.reports(THEFT, SUNGGAL);
      await operator.by('report-row').nth(n).waitFor();
    }
    await Promise.all([operator.press('n'), operator.press('n')]);
    await operator.reportIs('claimed');
    await operator.by('reply-text').fill(WORDS);
    await operator.by('reply-send').dblclick();
    await operator.by('message-out').filter({ hasText: WORDS }).waitFor();
    await operator.by('release').dblclick();
    await operator.reportIs('queued');
    await operator.by('claim').dblclick();
    await operator.reportIs('claimed');
    await operator.by('make-incident').dblclick();
    await operator.by('incident-card').waitFor();
    await operator.by('candidate').first().getByTestId('offer').dblclick();
    await operator.by('assignment').first().waitFor();
    await operator.by('incident-hold').dblclick();
    await operator.incidentIs('held');
    await operator.by('incident-resume').dblclick();
    await operator.by('incident-hold').waitFor();
    await operator.closesIncident('cancelled', 'Salah lapor');
    await operator.by('toast-undo').dblclick();
    await operator.by('incident-close').waitFor();
    await operator.press('b');
    await operator.by('enter-text').fill('Dompet dicopet di pasar');
    await operator.by('enter-submit').dblclick();
    await operator.sees('report-card', 'dicopet');
    await noComplaint(operator);
    const { items: incidents } = await stage.server.ask('operator', '/v1/incidents');
    must(incidents.length === 1, `${incidents.length} incidents`);
    const { items: reports } = await stage.server.ask('operator', '/v1/reports');
    must(reports.length === 3, `${reports.length} reports`);
    const held = reports.filter(({ state }) => state.name === 'claimed').length;
    must(held === 0, `${held} reports taken by a key pressed twice`);
    const sent = await Promise.all(citizens.map((citizen) => times(citizen, WORDS)));
    must(sent[0] + sent[1] === 1, `sent ${sent}`);
  },

  'a server that stumbles is said in plain words, nothing typed is lost, and again works':
    stumbling(async (stage) => {
      const operator = await stage.operator();
      const citizen = await taken(stage, operator);
      const { page } = operator;
      const html = { contentType: 'text/html', body: '<html><h1>Login WiFi</h1></html>' };
      const answers = [
        [{ status: 503, json: { status: 503, code: 'storage_away' } }, 'Penyimpanan'],
        [{ status: 500, ...html }, 'Server sedang sibuk'],
        [{ status: 502, ...html }, 'Server sedang sibuk'],
        [{ status: 200, ...html }, 'bukan server Sigap'],
      ];
      const doors = '**/v1/reports/**';
      for (const [answer, said] of answers) {
        await page.route(doors, (route) =>
          route.request().method() === 'POST' ? route.fulfill(answer) : route.fallback(),
        );
        await operator.by('reply-text').fill(WORDS);
        await operator.by('reply-send').click();
        await operator.sees('toast', said);
        must((await operator.by('reply-text').inputValue()) === WORDS, 'the words are gone');
        await page.unroute(doors);
      }
      await stage.shows(operator, 'said');
      // The answer to a message that was taken gets lost: sent again, it goes out once.
      await page.route(doors, async (route) => {
        if (route.request().method() !== 'POST') return route.fallback();
        await route.fetch();
        return route.abort();
      });
      await operator.by('reply-send').click();
      await operator.by('message-out').filter({ hasText: WORDS }).waitFor();
      must((await operator.by('reply-text').inputValue()) === WORDS, 'the words are gone');
      await page.unroute(doors);
      await operator.by('reply-send').click();
      await eventually(
        'the field to be empty',
        async () => (await operator.by('reply-text').inputValue()) === '',
      );
      await eventually('the message', async () => (await times(citizen, WORDS)) === 1);

      // A note to an end, a report that is typed in: the dialog stays, with all that is in it.
      await page.route(doors, (route) =>
        route.request().method() === 'POST' ? route.fulfill(answers[1][0]) : route.fallback(),
      );
      await operator.by('resolve').click();
      await operator.by('outcome-unfounded').check();
      await operator.by('settle-note').fill('Sudah dicek');
      await operator.by('settle-submit').click();
      await operator.sees('toast', 'Server sedang sibuk');
      must((await operator.by('settle-note').inputValue()) === 'Sudah dicek', 'the note is gone');
      await operator.press('Escape');
      await page.unroute(doors);
      await operator.by('resolve').click();
      must((await operator.by('settle-note').inputValue()) === 'Sudah dicek', 'the note is gone');
      await operator.press('Escape');
      await operator.by('settle-dialog').waitFor({ state: 'detached' });
      await operator.press('b');
      await operator.by('enter-text').fill('Dompet dicopet di pasar');
      await operator.press('Escape');
      await operator.by('enter-report').waitFor({ state: 'detached' });
      await operator.press('b');
      must((await operator.by('enter-text').inputValue()) !== '', 'what was typed in is gone');
    }),

  'a desk left open overnight knows the time again, and asks who is there': async (stage) => {
    const operator = await stage.visitor();
    await operator.page.clock.install();
    await operator.starts('operator');
    await taken(stage, operator);
    await operator.by('reply-text').fill(WORDS);
    await operator.page.clock.fastForward('09:30:00');
    // The server's clock did not move: the desk shows the server's time, not the computer's.
    await eventually('the clock to be right again', async () => {
      const [hours, minutes] = (await operator.by('clock').innerText()).split(/[.:]/).map(Number);
      const wib = new Date(Date.now() + 7 * 3600_000);
      const off = hours * 60 + minutes - wib.getUTCHours() * 60 - wib.getUTCMinutes();
      return Math.min(Math.abs(off), 1440 - Math.abs(off)) <= 3;
    });
    await operator.page.evaluate(() => fetch('/v1/session', { method: 'DELETE' }));
    await operator.by('sign-in-again').waitFor();
    await operator.by('again-password').fill(stage.server.login('operator').password);
    await operator.by('again-go').click();
    await operator.by('sign-in-again').waitFor({ state: 'detached' });
    must((await operator.by('reply-text').inputValue()) === WORDS, 'the words are gone');
  },

  'tags, faces and ten thousand letters in every field harm nothing': async (stage) => {
    const operator = await stage.operator();
    const { page } = operator;
    page.on('dialog', () => stage.faults.push('a tag was carried out'));
    const citizen = new Citizen(stage.server, NASTY.slice(0, 60));
    await citizen.reports(`${THEFT} ${NASTY}`, SUNGGAL);
    await operator.row('Sei Sikambing B').waitFor();
    await operator.takesNext();
    await operator.by('message-in').filter({ hasText: '<script>' }).first().waitFor();
    await fits(page, 'the card');
    const flood = NASTY.repeat(120).slice(0, 10_000);
    const kinds =
      ':is(textarea, input:not([type=checkbox], [type=radio], [type=range], [type=file])):visible';
    const fillAll = async (where, inside = '') => {
      // A dialog is fetched when it is first asked for.
      await page.locator(`${inside} ${kinds}`.trim()).first().waitFor();
      for (const field of await page.locator(`${inside} ${kinds}`.trim()).all())
        await field.fill(flood);
      await fits(page, where);
    };
    const DIALOG = 'dialog[open]';
    await fillAll('the card');
    await operator.sees('reply-too-long', '4.096');
    for (const field of await page.locator(kinds).all()) await field.fill('');
    await operator.by('reply-text').fill(NASTY);
    await operator.by('reply-send').click();
    await operator.by('message-out').filter({ hasText: '<script>' }).waitFor();
    await operator.by('resolve').click();
    await fillAll('the end', DIALOG);
    await operator.by('outcome-unfounded').check();
    await operator.by('settle-submit').click();
    await operator.sees('toast', 'Isian belum benar');
    await operator.press('Escape');
    await operator.by('enter-open').click();
    await fillAll('the entered report', DIALOG);
    await operator.sees('enter-too-long', '4.096');
    await stage.shows(operator, 'flood');
    await operator.by('enter-text').fill(NASTY);
    for (const field of await operator.by('enter-report').locator('input').all())
      await field.fill(NASTY.slice(0, 40));
    await operator.by('enter-submit').click();
    await operator.sees('report-card', '<script>');
    await operator.by('enter-report').waitFor({ state: 'detached' });
    await operator.press('Control+k');
    await operator.by('bar-input').waitFor();
    await fillAll('the bar', DIALOG);
    await operator.press('Escape');
    await operator.press('Escape');
    await operator.press('s');
    await operator.by('shift-note').waitFor();
    await fillAll('the shift', DIALOG);
  },

  'a newer page is offered to citizens and to other agencies too': stumbling(async (stage) => {
    const siti = await stage.reporter(
      { longitude: 98.6722, latitude: 3.5852, accuracy: 14 },
      { serviceWorkers: 'block' },
    );
    await siti.opens();
    await siti.writes('Ada pohon tumbang');
    const renewed = (page, name) =>
      page.route(`**/${name}`, async (route) => {
        const html = await (await route.fetch()).text();
        const made = new RegExp(`assets/${name}-[\\w-]{8}\\.js`);
        const body = html.replace(made, `assets/${name}-AAAAAAAA.js`);
        await route.fulfill({ contentType: 'text/html', body });
      });
    await renewed(siti.page, 'lapor');
    await siti.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await siti.page.getByTestId('line-newer').waitFor();
    await stage.shows(siti, 'citizen');
    await siti.page.unroute('**/lapor');
    await siti.page.getByTestId('line-reload').click();
    await siti.page.getByTestId('line-newer').waitFor({ state: 'detached' });
    must(
      (await siti.page.getByTestId('form-text').inputValue()) === 'Ada pohon tumbang',
      'what was written is gone',
    );
    await siti.page.goto(`${stage.server.url}/rujukan`);
    await siti.page.getByTestId('referral-page').waitFor();
    await renewed(siti.page, 'rujukan');
    await siti.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await siti.page.getByTestId('line-newer').waitFor();
  }),

  'a supervisor is told what of the service is not well': async (stage) => {
    const officer = await stage.visitor();
    const items = [
      {
        code: 'outbox',
        level: 'bad',
        words: 'Pesan ke pelapor tertahan.',
        hint: 'Periksa internet.',
        since: null,
      },
      {
        code: 'backup',
        level: 'warn',
        words: 'Salinan data berumur 30 jam.',
        hint: '',
        since: null,
      },
    ];
    await officer.page.route('**/v1/health*', (route) =>
      route.fulfill({
        json: { level: items[0]?.level ?? 'ok', at: '2026-11-21T03:00:00Z', items },
      }),
    );
    await officer.starts('supervisor');
    await officer.sees('health-line', 'Pesan keluar, Salinan data');
    await stage.shows(officer, 'line');
    await officer.by('health-open').click();
    await officer.sees('health-dialog', 'Periksa internet.');
    await stage.shows(officer, 'details');
    const operator = await stage.operator('operator');
    must((await operator.by('health-line').count()) === 0, 'an operator sees it');
  },

  'a dialog closed by mistake keeps its words, a mark drawn over its edge closes nothing, and a refusal is said over it':
    stumbling(async (stage) => {
      const operator = await stage.operator();
      const { page } = operator;
      await operator.by('duty-open').click();
      const note = operator.by('shift-note');
      await note.fill(WORDS);
      const field = await note.boundingBox();
      await page.mouse.move(field.x + 20, field.y + 20);
      await page.mouse.down();
      await page.mouse.move(4, field.y + 20);
      await page.mouse.up();
      must((await note.inputValue()) === WORDS, 'the mark closed the dialog');
      await page.route('**/v1/shifts', (route) =>
        route.request().method() === 'POST'
          ? route.fulfill({
              status: 409,
              json: { status: 409, code: 'made_up', detail: 'tidak bisa' },
            })
          : route.continue(),
      );
      await operator.by('shift-hand-over').click();
      await operator.by('duty').getByTestId('toast').filter({ hasText: 'Tidak bisa' }).waitFor();
      await operator.press('Escape');
      await operator.by('duty').waitFor({ state: 'detached' });
      const focused = () => page.evaluate(() => document.activeElement?.dataset.testid);
      await eventually('the focus to return', async () => (await focused()) === 'duty-open');
      await operator.press('s');
      must((await note.inputValue()) === WORDS, 'the words are gone');
    }),

  'an alarm takes the words from nobody who writes, and is opened from its notice': async (
    stage,
  ) => {
    const operator = await stage.operator();
    await taken(stage, operator);
    await operator.by('reply-text').fill(WORDS);
    const { items } = await stage.server.ask('operator', '/v1/units');
    const unit = items.find(({ call_sign }) => call_sign === 'Sabhara-07');
    await stage.server.ask('sabhara-07', `/v1/units/${unit.id}/emergency`, {
      method: 'POST',
      body: JSON.stringify({ on: true }),
    });
    await operator.by('toast-see').waitFor();
    must((await operator.by('reply-text').inputValue()) === WORDS, 'the alarm took the words');
    await operator.by('toast-see').click();
    await operator.by('unit-emergency').waitFor();
  },
};
