/** One report from the phone to the last message, and what can go differently on the way. */
import { Citizen } from '../citizen.mjs';
import { SUNGGAL } from '../places.mjs';
import { eventually, must } from '../wait.mjs';

export default {
  'a report becomes an incident, a unit handles it, the reporter hears each step': async (
    stage,
  ) => {
    const citizen = new Citizen(stage.server, 'Rina Contoh');
    const operator = await stage.operator();
    await operator.sees('queue-empty');
    await citizen.reports('Pak, motor saya hilang di parkiran, baru saja dicuri orang', SUNGGAL);
    await operator.row('hilang').waitFor();
    const ticket = await operator.takesNext();
    await operator.sees('conversation', 'motor saya hilang');
    for (const light of ['what', 'where', 'when', 'who', 'how'])
      await operator.sees(`light-${light}`);
    await operator.sees('jurisdiction', 'Polsek Sunggal');
    await stage.shows(operator, 'report');

    const incident = await operator.makesIncident();
    const [best] = await operator.recommended();
    await operator.sees('reasons', /detik|s/);
    const crew = await stage.crew(best);
    await stage.shows(operator, 'recommendation');
    await operator.press('Enter');
    await operator.assigned(best, 'delivered');
    await crew.stage('offer');
    await stage.shows(crew, 'offer');
    await crew.accepts();
    await operator.assigned(best, 'accepted');
    await crew.drivesOff();
    await stage.shows(crew, 'en-route');
    await operator.assigned(best, 'en_route');
    await crew.arrives();
    await operator.assigned(best, 'on_scene');
    await crew.finishes();
    await operator.incidentIs('cleared');
    await operator.closesIncident('resolved', 'Laporan dibuat di Polsek');

    const texts = await eventually('the closing message', async () => {
      const all = await citizen.received();
      return all.some((text) => text.includes('telah ditangani')) && all;
    });
    const order = [ticket, 'sedang menuju', 'sudah tiba', 'telah ditangani'].map((words) =>
      texts.findIndex((text) => text.includes(words)),
    );
    must(
      order.every((at, n) => at >= 0 && (n === 0 || at > order[n - 1])),
      `out of order: ${texts}`,
    );
    must(/Perkiraan tiba: \d+ menit/.test(texts[order[1]]), `no arrival time: ${texts[order[1]]}`);
    must(
      !texts.join().includes(incident) || incident === ticket,
      'the reporter reads his own number',
    );
  },
};
