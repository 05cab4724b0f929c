/** Sixty-five at one desk: teams, several rows at once, units by name, the past, rights, a long night. */
import { Citizen } from '../citizen.mjs';
import { near, SUNGGAL } from '../places.mjs';
import { eventually, must } from '../wait.mjs';

const THEFT = 'Pak, motor saya hilang di parkiran, dicuri orang';
const NOISE = 'Pak tetangga saya pasang musik keras sekali, berisik, mengganggu warga';
const ARMED = 'Tolong ada orang mengamuk bawa golok mengancam warga di warung';

/** Reports of as many people, each in the queue before the next one is written. */
async function reports(stage, operator, text, count) {
  const before = await operator.by('report-row').count();
  for (let n = 0; n < count; n += 1) {
    await new Citizen(stage.server).writes(`${text} (${n + 1})`);
    await operator
      .by('report-row')
      .nth(before + n)
      .waitFor();
  }
}

export default {
  'teams have lines of their own, and what is taken out of turn is seen': async (stage) => {
    const operator = await stage.operator('operator');
    const officer = await stage.operator('supervisor');
    await reports(stage, operator, NOISE, 2);
    // The second one, though the first waits.
    await operator.by('report-row').nth(1).click();
    await operator.by('claim').waitFor();
    await operator.press('c');
    await operator.reportIs('claimed');
    await operator.press('d');
    await operator.sees('team', 'Piket A1');
    await operator.sees('out-of-turn', '1 laporan menunggu lebih dulu');
    must((await operator.by('teams-arrange').count()) === 0, 'an operator arranges teams');
    await stage.shows(operator, 'teams');
    await operator.press('Escape');

    await officer.press('d');
    await officer.by('teams-arrange').click();
    await officer.by('team-add').click();
    const last = officer.by('team-draft').last();
    await last.getByTestId('team-name').fill('Regu Malam');
    await last.locator('summary').first().click();
    await last.locator('label').filter({ hasText: 'Perwira Siaga' }).locator('input').check();
    await stage.shows(officer, 'arrange');
    await officer.by('teams-save').click();
    await officer.sees('team', 'Regu Malam');
    await officer.press('Escape');
    await officer.by('team-filter').selectOption('Regu Malam');
    await officer.by('report-row').first().waitFor();
    const options = await officer.by('team-filter').locator('option').allTextContents();
    must(
      options.some((text) => text.startsWith('Regu saya: Regu Malam')),
      `not his own: ${options}`,
    );
    await stage.shows(officer, 'filter');
  },

  'several rows are picked with the keyboard, settled together and taken back': async (stage) => {
    const operator = await stage.operator();
    await reports(stage, operator, NOISE, 3);
    await operator.by('report-row').first().click();
    await operator.by('report-card').waitFor();
    await operator.press('x');
    await operator.press('Shift+ArrowDown');
    await operator.press('Shift+ArrowDown');
    await operator.sees('bulk-count', '3 dipilih');
    await stage.shows(operator, 'picked');
    await operator.by('bulk-aside').dblclick();
    await operator.sees('bulk-sum', '3 selesai');
    await operator.by('report-row').first().waitFor({ state: 'detached' });
    await stage.shows(operator, 'result');
    await operator.by('bulk-undo-all').click();
    await operator.by('bulk-row').locator('text=Diurungkan').nth(2).waitFor();
    await operator.by('bulk-close').click();
    await operator.by('report-row').nth(2).waitFor();

    // One of three is somebody else's meanwhile: said by row, the others are done.
    const other = await stage.operator('regu-02');
    await other.by('report-row').nth(1).click();
    await other.by('claim').click();
    await other.reportIs('claimed');
    await operator.by('report-row').nth(1).waitFor();
    await operator.by('report-row').first().click();
    await operator.by('pick-mode').click();
    await operator.by('bulk-all').click();
    await operator.sees('bulk-count', '2 dipilih');
    await operator.by('bulk-close').click();
    await operator.by('outcome-out_of_scope').check();
    await stage.shows(operator, 'settle');
    await operator.by('settle-submit').click();
    await operator.sees('bulk-sum', '2 selesai');
    await operator.by('bulk-close').last().click();
    await operator.by('queue-empty').waitFor();
  },

  'a unit is sent, called back and marked by its name in the bar': async (stage) => {
    const operator = await stage.operator();
    await new Citizen(stage.server).reports(THEFT, SUNGGAL);
    await operator.row('Sei Sikambing B').waitFor();
    await operator.takesNext();
    await operator.makesIncident();
    const [first] = await operator.recommended();
    const bar = async (words, act) => {
      await operator.press('Control+k');
      await operator.by('bar-input').fill(words);
      const row = operator.by('bar-row').filter({ hasText: act }).first();
      await row.waitFor();
      await row.click();
    };
    await operator.press('Control+k');
    await operator.by('bar-input').fill(`kirim ${first}`);
    await operator
      .by('bar-row')
      .filter({ hasText: `Tawarkan ${first}` })
      .waitFor();
    await stage.shows(operator, 'order');
    await operator.press('Enter');
    await operator.assigned(first);
    await bar(`tarik ${first}`, `Tarik ${first}`);
    await operator.by('release-dialog-text').fill('Salah kirim');
    await operator.by('release-dialog-submit').click();
    await operator.page
      .locator('[data-testid="assignment"][data-state="released"]')
      .filter({ hasText: first })
      .waitFor();
    await bar(`tandai ${first}`, 'Istirahat');
    await operator.sees('toast', `${first}: Istirahat`);
    await operator.press('?');
    await operator.by('shortcuts').waitFor();
    await stage.shows(operator, 'keys');
  },

  'the past of a caller and of a place is one line on the card, and warns': async (stage) => {
    const operator = await stage.operator();
    const citizen = new Citizen(stage.server, 'Siti Contoh');
    await citizen.reports(ARMED, SUNGGAL);
    await operator.by('tab-incidents').click();
    const made = operator.by('incident-row').first();
    await eventually('an incident', async () => {
      if (await made.isVisible()) return true;
      await operator.by('tab-queue').click();
      const waiting = operator.by('report-row').first();
      if (await waiting.isVisible()) {
        await operator.takesNext();
        await operator.makesIncident();
      }
      await operator.by('tab-incidents').click();
      return made.isVisible();
    });
    await made.click();
    await operator.by('incident-card').waitFor();
    await operator.press('e');
    await operator.by('outcome-resolved').check();
    await operator.by('settle-note').fill('Pelaku diamankan.');
    await operator.by('settle-submit').click();
    await operator.incidentIs('closed');
    await new Citizen(stage.server).reports(THEFT, near(SUNGGAL, 30, 30));
    await operator.by('tab-queue').click();
    await operator.row('dicuri orang').waitFor();
    await operator.takesNext();
    await operator.sees('past-warning', 'golok');
    await stage.shows(operator, 'past-line');
    await operator.press('v');
    await operator.sees('past-warning-row', 'Pernah dilaporkan senjata');
    await operator.by('past-incident').first().waitFor();
    await stage.shows(operator, 'past');
  },

  'a session that ran out is signed in again where one is, and nothing typed is lost': async (
    stage,
  ) => {
    const operator = await stage.operator();
    await new Citizen(stage.server).reports(THEFT, SUNGGAL);
    await operator.row('Sei Sikambing B').waitFor();
    await operator.takesNext();
    const words = 'Mohon ditunggu, petugas sedang menuju lokasi. 🙏 שלום';
    const field = operator.by('reply-text');
    await field.fill(words);
    await operator.page.evaluate(() => fetch('/v1/session', { method: 'DELETE' }));
    await operator.by('sign-in-again').waitFor();
    await operator.press('Escape');
    await operator.by('sign-in-again').waitFor();
    await stage.shows(operator, 'again');
    await operator.by('again-password').fill('bukan-kata-sandinya');
    await operator.by('again-go').click();
    await operator.sees('again-wrong', 'salah');
    await operator.by('again-password').fill(stage.server.login('operator').password);
    await operator.by('again-go').click();
    await operator.by('sign-in-again').waitFor({ state: 'detached' });
    await operator.connected();
    must((await field.inputValue()) === words, 'what was typed is gone');
    await operator.by('reply-send').click();
    await operator.page.getByText(words).first().waitFor();
  },

  'who only looks is offered nothing he may not do': async (stage) => {
    const citizen = new Citizen(stage.server, 'Siti Contoh');
    const operator = await stage.operator();
    await citizen.reports(THEFT, SUNGGAL);
    await operator.row('Sei Sikambing B').waitFor();
    await operator.takesNext();
    await operator.makesIncident();
    for (const name of ['kapolres', 'admin', 'auditor']) {
      const watcher = await stage.visitor();
      await watcher.signsIn(name);
      // An administrator is given the choice of screens; the others are led to their own.
      if (name === 'admin') await watcher.page.locator('a[href="/command"]').first().waitFor();
      else await watcher.page.waitForURL('**/insight');
      await watcher.page.goto(`${stage.server.url}/command`);
      await watcher.connected();
      for (const key of ['n', 't', 'b', 'x', 'c', 'i', 'e', 'v']) await watcher.press(key);
      must((await watcher.by('queue-next').count()) === 0, `${name} is offered the next report`);
      await watcher.by('tab-incidents').click();
      await watcher.by('incident-row').first().click();
      await watcher.by('incident-card').waitFor();
      await watcher.by('incident-reports').getByRole('button').first().click();
      await watcher.sees('watch-only');
      must((await watcher.by('report-card').innerText()).includes('Siti') === false, 'a name');
      await watcher.press('Control+k');
      await watcher.by('bar-input').fill('kejahatan');
      await watcher.by('bar-row').filter({ hasText: 'MDN-' }).first().waitFor();
      must(
        (await watcher.by('bar-row').filter({ hasText: 'Cari pelapor' }).count()) === 0,
        'people',
      );
      if (name === 'kapolres') await stage.shows(watcher, 'watcher-bar');
      await watcher.press('Escape');
      await watcher.press('d');
      await watcher.sees('team', 'Piket A1');
      if (name === 'kapolres') await stage.shows(watcher, 'watcher');
    }
    // A door that said 403 would have been heard: the browser says it, and the scenario fails.
  },

  'a wish for help is taken back, and the neighbour is told by name': async (stage) => {
    const medan = await stage.operator('operator');
    const belawan = await stage.operator('operator-belawan');
    await new Citizen(stage.server).reports(THEFT, SUNGGAL);
    await medan.row('Sei Sikambing B').waitFor();
    await medan.takesNext();
    await medan.makesIncident();
    await medan.by('help-ask').click();
    await medan.by('helper').filter({ hasText: 'Belawan' }).getByTestId('help-ask-this').click();
    await medan.sees('help-asked', 'Menunggu jawaban');
    await belawan.sees('toast', 'Polrestabes Medan');
    await medan.by('help-withdraw').click();
    await medan.by('help-withdraw-sure').click();
    await medan.sees('help-asked', 'Tidak jadi diperlukan');
    await stage.shows(medan, 'withdrawn');
    await belawan.by('tab-incidents').click();
    await belawan.by('incident-row').waitFor({ state: 'detached' });
  },

  'ten thousand letters, emoji and a dropped file harm nothing': async (stage) => {
    const operator = await stage.operator();
    await new Citizen(stage.server).reports(THEFT, SUNGGAL);
    await operator.row('Sei Sikambing B').waitFor();
    await operator.takesNext();
    const long = 'Petugas 👮🏽‍♀️ menuju lokasi. ‮rtl '.repeat(400);
    await operator.by('reply-text').fill(long);
    await operator.sees('reply-too-long', '4.096');
    must(await operator.by('reply-send').isDisabled(), 'sent though too long');
    // What was typed is there again after another card was open.
    await operator.by('tab-units').click();
    await operator.by('unit-row').first().click();
    await operator.by('unit-card').waitFor();
    await operator.by('tab-queue').click();
    await operator.by('report-row').first().click();
    await operator.by('reply-text').waitFor();
    must((await operator.by('reply-text').inputValue()) === long, 'cut');
    await stage.shows(operator, 'long');
    await operator.press('Escape');
    await operator.by('search').fill(long.slice(0, 10_000));
    await operator.by('list-queue').waitFor();
    await operator.press('Escape');
    await operator.press('Control+k');
    await operator.by('bar-input').fill(long.slice(0, 10_000));
    await operator.press('Escape');
    const before = operator.page.url();
    await operator.page.evaluate(() => {
      const carried = new DataTransfer();
      carried.items.add(new File(['x'], 'surat.txt', { type: 'text/plain' }));
      const drop = (type) =>
        document.body.dispatchEvent(
          new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: carried }),
        );
      window.taken = [drop('dragover'), drop('drop')];
    });
    const left = await operator.page.evaluate(() => window.taken);
    must(
      left.every((through) => through === false),
      'a dropped file opens in place of the desk',
    );
    must(operator.page.url() === before, 'the desk is gone');
  },
};
