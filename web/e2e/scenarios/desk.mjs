/** The desk: choices that need a reason, two people at once, who sees what, signing in and out. */
import { BELAWAN, Citizen } from '../citizen.mjs';
import { BELAWAN_TOWN, MEDAN_KOTA, SUNGGAL } from '../places.mjs';
import { eventually, must } from '../wait.mjs';

const THEFT = 'Pak, motor saya hilang di parkiran, dicuri orang';

export default {
  'a unit that is not the first of the advice wants a reason': async (stage) => {
    const citizen = new Citizen(stage.server);
    const operator = await stage.operator();
    await citizen.reports(THEFT, SUNGGAL);
    await operator.row('Sei Sikambing B').waitFor();
    await operator.takesNext();
    const incident = await operator.makesIncident();
    const [, second] = await operator.recommended();
    await operator.press('2');
    await operator.sees('override-dialog', second);
    must(await operator.by('override-dialog-submit').isDisabled(), 'sent without a reason');
    await stage.shows(operator, 'override');
    await operator.press('Escape');
    await operator.assigns(incident).to(second, 'Unit pertama sedang isi bahan bakar');
    await operator.sees('assignment', 'isi bahan bakar');
    await stage.shows(operator, 'assigned');
  },

  'what somebody says at the counter is typed in and stands on the card': async (stage) => {
    const operator = await stage.operator();
    await operator.by('enter-open').click();
    await operator.by('enter-text').fill('Bapak di loket melapor dompetnya dicopet di pasar');
    await operator.by('enter-submit').click();
    await operator.sees('report-card', 'dompetnya dicopet');
    await operator.by('enter-report').waitFor({ state: 'detached' });
  },

  'two operators reach for one report: one has it, the other is told': async (stage) => {
    const citizen = new Citizen(stage.server);
    const both = [await stage.operator('operator'), await stage.operator('supervisor')];
    await citizen.reports(THEFT, SUNGGAL);
    for (const one of both) await one.row('Sei Sikambing B').click();
    for (const one of both) await one.by('claim').waitFor();
    await Promise.all(both.map((one) => one.by('claim').evaluate((button) => button.click())));
    const won = await eventually('one of them to have it', async () => {
      const mine = await Promise.all(both.map((one) => one.by('release').isVisible()));
      return mine.includes(true) && mine;
    });
    const loser = both[won.indexOf(false)];
    must(won.filter(Boolean).length === 1, 'both have it');
    await loser.sees('held-by-other');
    await loser.by('make-incident').waitFor({ state: 'detached' });
    await stage.shows(loser, 'too-late');
  },

  'an operator of a Polsek sees the reports of that Polsek only': async (stage) => {
    const polsek = await stage.operator('operator-sunggal');
    const polres = await stage.operator('operator');
    await new Citizen(stage.server).reports(THEFT, MEDAN_KOTA);
    await polres.by('report-row').first().waitFor();
    await new Citizen(stage.server).reports(THEFT, SUNGGAL);
    await polres.by('report-row').nth(1).waitFor();
    await polsek.row('Sei Sikambing B').waitFor();
    must((await polsek.by('report-row').count()) === 1, 'a report of another Polsek is shown');
  },

  'a report of Belawan reaches Belawan, also through the number of Medan': async (stage) => {
    const belawan = await stage.operator('operator-belawan');
    const medan = await stage.operator('operator');
    await new Citizen(stage.server, 'Warga Satu', BELAWAN).reports(THEFT, BELAWAN_TOWN);
    await belawan.by('report-row').first().waitFor();
    await new Citizen(stage.server, 'Warga Dua').writes('Rumah saya kemalingan semalam, pak');
    await medan.row('kemalingan').waitFor();
    const lost = new Citizen(stage.server, 'Warga Tiga');
    await lost.reports(THEFT, BELAWAN_TOWN);
    await belawan.by('report-row').nth(1).waitFor();
    await eventually('Medan to have its own report only', async () => {
      const rows = await medan.by('report-row').allTextContents();
      return rows.length === 1 && rows[0].includes('kemalingan');
    });
    await eventually('the reporter to be told', async () =>
      (await lost.received()).some((text) => text.includes('Pelabuhan Belawan')),
    );
  },

  'a report is handed over to another Polres by its name': async (stage) => {
    const medan = await stage.operator('operator');
    const belawan = await stage.operator('operator-belawan');
    await new Citizen(stage.server).writes(THEFT);
    await medan.row('motor').waitFor();
    await medan.takesNext();
    await medan.by('hand-over').click();
    await medan.page.getByLabel(/Belawan/).check();
    await stage.shows(medan, 'hand-over');
    await medan.by('settle-submit').click();
    await belawan.row('motor').waitFor();
    await medan.reportIs('closed');
  },

  'a wrong password is said plainly; signing out closes the desk': async (stage) => {
    const visitor = await stage.visitor();
    await visitor.signsIn('operator', 'bukan-kata-sandinya');
    await visitor.sees('login-error', 'salah');
    await stage.shows(visitor, 'wrong');
    await visitor.starts('operator');
    await visitor.signsOut();
    await visitor.page.goto(`${stage.server.url}/command`);
    await visitor.by('login-username').waitFor();
    await stage.shows(visitor, 'login');
  },
};
