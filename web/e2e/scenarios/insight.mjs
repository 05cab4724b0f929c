/** The commander: where it happens, and what is behind the figures. */
import { Citizen } from '../citizen.mjs';
import { near, SUNGGAL } from '../places.mjs';
import { eventually, must } from '../wait.mjs';

export default {
  'reports near each other make a cell of the heat map, and a click lists them': async (stage) => {
    const empty = await stage.commander();
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
    await commander.sees('total-reports', '7');
    await commander.by('insight-empty-map').waitFor({ state: 'detached' });
    await commander.clicksMap(near(SUNGGAL, 45, 30));
    await commander.sees('insight-cell');
    await commander.by('insight-report').nth(6).waitFor();
    must((await commander.by('insight-report').count()) === 7, 'not every report is listed');
    const words = await commander.by('insight-cell').textContent();
    must(!words.includes('62812'), 'a phone number is shown');
    await stage.shows(commander, 'cell');
  },
};
