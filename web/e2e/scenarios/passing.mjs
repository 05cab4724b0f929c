/** Jobs that pass from one crew to another, and a choice that is compared before it is made. */
import { Citizen } from '../citizen.mjs';
import { near, SUNGGAL } from '../places.mjs';
import { must } from '../wait.mjs';

const EMERGENCY = 'Tolong pak kebakaran rumah, api besar ada orang terjebak di dalam';
const CAR = 'Patko-Sunggal-1';

/** Everybody but these says that he is busy. */
async function onlyFree(server, callSigns) {
  const { items } = await server.ask('operator', '/v1/units');
  for (const { id, call_sign } of items.filter((unit) => !callSigns.includes(unit.call_sign))) {
    const body = JSON.stringify({ status: 'busy' });
    await server.ask(call_sign, `/v1/units/${id}/status`, { method: 'POST', body });
  }
}

/** A matter of priority 3, entered at the desk; gives the number of its incident. */
async function quarrel(server, { lng, lat }) {
  const post = (path, body, method = 'POST') =>
    server.ask('operator', path, { method, body: JSON.stringify(body) });
  const report = await post('/v1/reports', { text: 'jalan macet total', lng, lat });
  const incident = await post(`/v1/reports/${report.id}/incident`, {});
  await post(`/v1/incidents/${incident.id}`, { priority: 3 }, 'PATCH');
  return incident.number;
}

export default {
  'a unit is taken from a lesser job for a fire, and its crew reads why': async (stage) => {
    const operator = await stage.operator();
    const crew = await stage.crew(CAR);
    await onlyFree(stage.server, [CAR]);
    const jam = await quarrel(stage.server, near(SUNGGAL, 2500, 0));
    await operator.assigns(jam).to(CAR);
    await crew.accepts();
    await crew.drivesOff();
    await new Citizen(stage.server).reports(EMERGENCY, SUNGGAL);
    const fire = operator.by('incident-row').filter({ hasText: 'Kebakaran' });
    await fire.first().click();
    await operator.sees('takeable-unit', CAR);
    await operator.sees('gives-up', jam);
    await stage.shows(operator, 'takeable');
    await operator.by('take').first().click();
    await operator.sees('what-if-gives-up', jam);
    await stage.shows(operator, 'take');
    await operator.by('override-dialog-submit').click();
    await crew.stage('offer');
    await crew.sees('tablet-takes-over', jam);
    await stage.shows(crew, 'taken');
    await crew.accepts();
    await operator.assigned(CAR, 'accepted');
    await operator.sees('assignment-link', 'Ditarik dari tugas lain');
    await operator.opensIncident(jam);
    await operator.incidentIs('queued');
    await operator.assigned(CAR, 'preempted');
    await operator.sees('timeline-item', 'ditarik dari tugas ini');
    await stage.shows(operator, 'waits-again');
  },

  'a crew hands its job over: it stays until the other crew accepts': async (stage) => {
    const operator = await stage.operator();
    const crew = await stage.crew(CAR);
    await onlyFree(stage.server, [CAR, 'Raimas-03']);
    const jam = await quarrel(stage.server, SUNGGAL);
    await operator.assigns(jam).to(CAR);
    const other = await stage.crew('Raimas-03');
    await crew.accepts();
    const asks = async (reason) => {
      await crew.by('tablet-hand').click();
      await crew.by('tablet-relief').filter({ hasText: 'Raimas-03' }).click();
      if (reason === 'nearer') await stage.shows(crew, 'hand-why');
      await crew.by(`tablet-hand-${reason}`).click();
      await crew.sees('tablet-handing', 'Raimas-03');
      await other.stage('offer');
      await other.sees('tablet-takes-over');
    };
    await asks('nearer');
    await stage.shows(crew, 'handing');
    await stage.shows(other, 'takes-over');
    await other.refuses('crew');
    await crew.sees('tablet-handing', 'menolak');
    await crew.stage('accepted');
    await asks('vehicle');
    await operator.sees('assignment-link', 'Menunggu jawaban Raimas-03');
    await stage.shows(operator, 'handing');
    await other.accepts();
    await crew.stage('idle');
    await crew.sees('tablet-ended', 'Raimas-03');
    await stage.shows(crew, 'handed');
    await operator.assigned(CAR, 'transferred');
    await operator.assigned('Raimas-03', 'accepted');
    // The desk hands it back the same way.
    await operator.by('assignment-hand').click();
    await operator.by('hand-reason').fill('Raimas dibutuhkan di tempat lain');
    await stage.shows(operator, 'hand');
    await operator.by('hand-submit').click();
    await crew.stage('offer');
    await crew.accepts();
    await other.stage('idle');
    await operator.assigned(CAR, 'accepted');
  },

  'another unit is compared with the recommended one, and the journal says why it was sent': async (
    stage,
  ) => {
    const operator = await stage.operator();
    const jam = await quarrel(stage.server, SUNGGAL);
    await quarrel(stage.server, near(SUNGGAL, 1500, 400));
    await operator.opensIncident(jam);
    const listed = await operator.recommended();
    const [first, second] = listed;
    await operator.press('2');
    await operator.sees('what-if', first);
    await operator.sees('what-if', second);
    await operator.sees('what-if-verdict');
    await stage.shows(operator, 'compared');
    await operator.press('Escape');
    await operator.by('override-dialog').waitFor({ state: 'detached' });
    const { items } = await stage.server.ask('operator', '/v1/units');
    const far = items.find(
      (unit) => unit.status === 'available' && !listed.includes(unit.call_sign),
    );
    await operator.by('other-unit').fill(far.call_sign);
    await operator.press('Enter');
    await operator.sees('what-if', far.call_sign);
    must(await operator.by('override-dialog-submit').isDisabled(), 'sent without a reason');
    await operator.by('override-dialog-text').fill('Kru ini mengenal warga di sana');
    await stage.shows(operator, 'far');
    await operator.by('override-dialog-submit').click();
    await operator.assigned(far.call_sign);
    await operator.sees('timeline-item', `bukan ${first} yang direkomendasikan`);
  },

  'one Polres helps another: asked, promised, its unit followed on both sides': async (stage) => {
    const medan = await stage.operator('operator');
    const belawan = await stage.operator('operator-belawan');
    await onlyFree(stage.server, []);
    await new Citizen(stage.server).reports(EMERGENCY, SUNGGAL);
    await medan.by('tab-incidents').click();
    await medan.by('incident-row').first().click();
    await medan.sees('shortfall');
    await medan.by('help-ask').click();
    await medan.sees('helper', 'Belawan');
    await stage.shows(medan, 'helpers');
    await medan.by('helper').filter({ hasText: 'Belawan' }).getByTestId('help-ask-this').click();
    await medan.sees('help-asked', 'Menunggu jawaban');
    await belawan.by('tab-incidents').click();
    await belawan.sees('help-mark', 'MDN-');
    await belawan.by('incident-row').filter({ hasText: 'Bantuan' }).click();
    await belawan.sees('help-for');
    await stage.shows(belawan, 'help-wanted');
    await belawan.by('help-yes').click();
    await belawan.page.locator('[data-testid="assignment"]').first().waitFor();
    await medan.sees('help-asked', 'Membantu');
    await medan.sees('help-unit', 'Ditawarkan');
    await medan.sees('timeline-item', 'Bantuan diminta');
    await stage.shows(medan, 'helped');
  },
};
