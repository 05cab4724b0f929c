/** The commander: where it happens, and what is behind the figures. */
import { Citizen } from '../citizen.mjs';
import { near, SUNGGAL } from '../places.mjs';
import { eventually, must } from '../wait.mjs';

export default {
  'reports near each other make a cell of the heat map, and a click lists them': async (stage) => {
    const empty = await stage.commander();
    await empty.opens('map');
    await empty.sees('insight-empty-map');
    await stage.shows(empty, 'empty');
    for (let n = 0; n < 7; n += 1) {
      const citizen = new Citizen(stage.server, `Warga ${n}`);
      await citizen.reports('Pak, motor saya hilang dicuri orang', near(SUNGGAL, 15 * n, 10 * n));
    }
    await eventually('seven reports on the desk', async () => {
      const { items } = await stage.server.ask('operator', '/v1/queue');
      return items.filter(({ report }) => report.place !== null).length === 7;
    });
    const commander = await stage.commander();
    await commander.opens('map');
    await commander.sees('total-reports', '7');
    await commander.by('insight-empty-map').waitFor({ state: 'detached' });
    await commander.clicksMap(near(SUNGGAL, 45, 30));
    await commander.sees('insight-cell');
    await commander.by('insight-cell-open').click();
    await commander.by('behind-item').nth(6).waitFor();
    must((await commander.by('behind-item').count()) === 7, 'not every report is listed');
    const words = await commander.by('behind').textContent();
    must(!words.includes('62812'), 'a phone number is shown');
    await stage.shows(commander, 'cell');
    await commander.by('behind-close').click();
    // At an hour when nothing came the map is empty, and says so.
    await commander.by('heat-measure').selectOption('rate');
    await commander.sees('insight-legend', 'per jam patroli');
    const hour = new Date(Date.now() + 7 * 3_600_000).getUTCHours();
    await commander.by('heat-from').selectOption(String((hour + 6) % 24));
    await commander.by('heat-to').selectOption(String((hour + 9) % 24));
    await commander.sees('insight-empty-map');
  },

  'the Kapolres opens a figure of the day and the entries behind it': async (stage) => {
    for (let n = 0; n < 3; n += 1) {
      const citizen = new Citizen(stage.server, `Warga ${n}`);
      await citizen.reports('Pak, motor saya hilang dicuri orang', near(SUNGGAL, 15 * n, 10 * n));
    }
    await eventually('three reports on the desk', async () => {
      const { items } = await stage.server.ask('operator', '/v1/queue');
      return items.length === 3;
    });
    const chief = await stage.commander();
    await chief.sees('key-reports', '0');
    // Yesterday nothing came; today is the last of the days.
    await chief.page.locator('.days button').last().click();
    await chief.sees('key-reports', '3');
    await stage.shows(chief, 'morning');
    await chief.by('open-key-reports').click();
    await chief.sees('behind-total', '3');
    await chief.by('behind-item').first().click();
    await chief.by('behind-entry').first().waitFor();
    await chief.sees('behind-entries', 'Laporan diterima');
    await stage.shows(chief, 'entries');
    await chief.by('behind-close').click();
    await chief.sees('morning-waits', 'Laporan dalam antrean');
    await chief.opens('forecast');
    await chief.by('forecast-too-little').waitFor();
    await stage.shows(chief, 'forecast');
    await chief.opens('report');
    await chief.sees('key-reports', '3');
    await stage.shows(chief, 'report');
    const link = await chief.by('report-pdf').getAttribute('href');
    const answer = await chief.page.request.get(stage.server.url + link);
    must(answer.headers()['content-type'] === 'application/pdf', 'the report is no PDF');
    must((await answer.body()).subarray(0, 5).toString() === '%PDF-', 'the file is no PDF');
  },

  'the commander sees what moving one unit would change': async (stage) => {
    const chief = await stage.commander();
    await chief.opens('coverage');
    await chief.by('reach-share-before').waitFor();
    const units = chief.by('reach-unit').locator('option');
    await eventually('free units to choose from', async () => (await units.count()) > 1);
    await chief.by('reach-unit').selectOption({ index: 1 });
    await chief.by('reach-worst').first().click();
    await chief.by('reach-share-after').waitFor();
    await stage.shows(chief, 'moved');
    await chief.by('reach-back').click();
    await chief.by('reach-share-after').waitFor({ state: 'detached' });
  },
};
