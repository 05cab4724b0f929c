/** The rehearsal room: an exercise is begun, worked at the command center, ended and scored. */
import { eventually, must } from '../wait.mjs';

/** Up to ten minutes of the exercise at 60×, on a machine that may be busy. */
const DRIVE_MS = 90_000;

/** Goes into the one exercise under way, from the command center. */
async function joins(person) {
  await person.by('to-latihan').click();
  await person.by('latihan-join').click();
  await person.page.waitForURL(/\/latihan\/[0-9a-f-]{36}\/command/);
  await person.connected();
  await person.sees('latihan-band', 'LATIHAN');
}

export default {
  'a trainer begins an exercise, a trainee works it, and the score shows what stands behind it':
    async (stage) => {
      const trainer = await stage.operator('supervisor');
      await trainer.by('to-latihan').click();
      await trainer.sees('latihan-none');
      await trainer.by('latihan-title').fill('Latihan begal');
      await trainer.by('latihan-minutes').fill('720');
      await trainer.by('latihan-per-hour').fill('2');
      await trainer.by('latihan-pace').selectOption('60');
      await stage.shows(trainer, 'room');
      await trainer.by('latihan-start').click();
      await trainer.sees('latihan-running', 'Latihan begal');
      await trainer.by('latihan-join').click();
      await trainer.connected();
      await trainer.sees('latihan-band', 'LATIHAN');
      await trainer.by('latihan-speed').selectOption('1');
      await trainer.sees('latihan-clock', '1×');

      const trainee = await stage.operator('operator');
      await joins(trainee);
      must((await trainee.by('latihan-end').count()) === 0, 'a trainee may end the exercise');
      await trainer.by('latihan-inject').click();
      await trainer.by('inject-text').fill('Tolong ada begal bawa parang, korban dipukuli');
      await trainer.by('inject-category').selectOption('kejahatan');
      await trainer.by('inject-priority').selectOption('1');
      await stage.shows(trainer, 'inject');
      await trainer.by('inject-send').click();

      await trainee.row('begal').first().click();
      await trainee.by('claim').click();
      await trainee.reportIs('claimed');
      const number = await trainee.cardNumber();
      must(number.startsWith('LAT-'), `no number of an exercise: ${number}`);
      await trainee.makesIncident();
      await trainee.recommended();
      await trainee.press('Enter');
      await trainee.by('assignment').first().waitFor();
      await stage.shows(trainee, 'command');
      await trainer.by('latihan-speed').selectOption('60');
      // An invented crew may refuse, as in life: then the next one is asked.
      await eventually(
        'the crew to be done',
        async () => {
          const state = await trainee.by('incident-state').getAttribute('data-state');
          if (state === 'cleared') return true;
          if (state === 'queued') await trainee.press('Enter');
          return false;
        },
        DRIVE_MS,
      );
      await trainer.by('latihan-pause').click();
      await trainee.closesIncident('resolved', 'Selesai');

      const wall = trainee.page.url().replace(/\/command.*/, '/command?dinding');
      await trainee.page.goto(wall);
      await trainee.sees('latihan-band', 'LATIHAN');
      // A map that is still asking when the exercise ends is told that there is none.
      await trainee.page.locator('.maplibregl-canvas').waitFor();
      await trainer.by('latihan-end').click();
      await trainer.by('latihan-end-sure').click();
      await trainer.page.waitForURL(/hasil=/);
      await trainer.sees('result-card', 'Operator Regu 1');
      await trainer.by('figure-category').first().click();
      await trainer.sees('figure-row', number);
      await stage.shows(trainer, 'score');
      await trainee.sees('latihan-over');
      await trainee.by('latihan-score').click();
      await trainee.sees('result-card', 'Operator Regu 1');

      const { items } = await stage.server.ask('operator', '/v1/queue');
      must(items.length === 0, 'a report of the exercise waits in the real queue');
    },

  'a call rings in an exercise, and a crew takes the offer at its tablet': async (stage) => {
    const trainer = await stage.operator('supervisor');
    await trainer.by('to-latihan').click();
    await trainer.by('latihan-title').fill('Latihan 110');
    await trainer.by('latihan-per-hour').fill('1');
    await trainer.by('latihan-calls-per-hour').fill('0');
    await trainer.by('latihan-start').click();
    await trainer.by('latihan-join').click();
    await trainer.connected();
    // Its clock stands: no crew drives and no offer runs out while people press.
    await trainer.by('latihan-pause').click();
    await trainer.by('latihan-run').waitFor();
    const trainee = await stage.operator('operator');
    await joins(trainee);

    await trainer.by('latihan-inject').click();
    await trainer.by('inject-telephones').check();
    await trainer.by('inject-text').fill('Ada begal bawa parang, korban dipukuli');
    await trainer.by('inject-category').selectOption('kejahatan');
    await trainer.by('inject-priority').selectOption('1');
    await stage.shows(trainer, 'telephones');
    await trainer.by('inject-send').click();
    await trainee.by('call-ringing').first().waitFor();
    await trainee.press('t');
    await trainee.sees('call-said', 'Ada begal bawa parang');
    await trainee.by('call-what').fill('Begal dengan parang, satu korban');
    await trainee.by('call-category').selectOption('kejahatan');
    await trainee.by('call-priority').selectOption({ index: 1 });
    await stage.shows(trainee, 'call');
    await trainee.press('Control+Enter');
    await trainee.by('report-card').waitFor();
    const number = await trainee.makesIncident();
    const [callSign] = await trainee.recommended();

    const crew = await stage.crew(callSign);
    await crew.by('tablet-status-off_duty').click();
    await crew.by('tablet-to-latihan').click();
    await crew.by('latihan-join').click();
    await crew.page.waitForURL(/\/latihan\/[0-9a-f-]{36}\/tablet/);
    await crew.sees('latihan-band', 'LATIHAN');
    await crew.stage('idle');
    await stage.shows(crew, 'tablet-idle');
    await trainee.assigns(number).to(callSign);
    await crew.accepts();
    await trainee.assigned(callSign, 'accepted');
    await stage.shows(crew, 'tablet');
    // The real office heard nothing of it.
    const { items } = await stage.server.ask('operator', '/v1/incidents');
    must(items.length === 0, 'an incident of the exercise stands in the real office');
    for (const person of [crew, trainee]) {
      await person.by('latihan-leave').click();
      await person.by('latihan').waitFor();
    }

    await trainer.by('latihan-end').click();
    await trainer.by('latihan-end-sure').click();
    await trainer.page.waitForURL(/hasil=/);
    await trainer.by('figure-phone').first().click();
    await trainer.sees('figure-row', '110/1');
    await stage.shows(trainer, 'phone-score');
  },
};
