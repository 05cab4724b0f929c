/** The desk and its crews write to each other, with and without network. */
import { Citizen } from '../citizen.mjs';
import { SUNGGAL } from '../places.mjs';
import { must } from '../wait.mjs';

const UNIT = 'Patko-Sunggal-1';

async function opensUnit(operator, callSign) {
  await operator.by('tab-units').click();
  await operator.by('unit-row').filter({ hasText: callSign }).click();
  await operator.by('unit-card').filter({ hasText: callSign }).waitFor();
}

async function writes(operator, text) {
  await operator.by('crew-message-text').fill(text);
  await operator.by('crew-message-send').click();
  await operator.sees('crew-message', text);
}

const stands = (operator, text, state) =>
  operator.page
    .locator(`[data-testid="crew-message"][data-state="${state}"]`)
    .filter({ hasText: text })
    .waitFor();

/** A job for the unit, accepted; gives its human number. */
async function job(stage, operator, crew) {
  await new Citizen(stage.server).reports('Pak, motor saya hilang dicuri orang', SUNGGAL);
  await operator.row('Sei Sikambing B').waitFor();
  await operator.takesNext();
  const incident = await operator.makesIncident();
  await operator.assigns(incident).to(UNIT);
  await crew.accepts();
  await operator.assigned(UNIT, 'accepted');
  return incident;
}

export default {
  'the desk writes to a crew, sees how far it came, and hears the answer': async (stage) => {
    const operator = await stage.operator();
    const crew = await stage.crew(UNIT);
    await opensUnit(operator, UNIT);
    await operator.by('crew-message-urgent').check();
    await writes(operator, 'Merapat ke simpang Ringroad, pagar hijau');
    await crew.sees('tablet-message-text', 'pagar hijau');
    await stands(operator, 'pagar hijau', 'arrived');
    await stage.shows(crew, 'message');
    await crew.by('tablet-message-ready').click();
    await crew.by('tablet-message').waitFor({ state: 'detached' });
    await stands(operator, 'pagar hijau', 'read');
    await operator.sees('toast', `${UNIT}: Siap`);
    await stage.shows(operator, 'answered');

    // Written while the tablet is away: there once when it comes back, and read without network.
    await crew.losesNetwork();
    await crew.sees('tablet-offline');
    await writes(operator, 'Kembali ke pos setelah selesai');
    await stands(operator, 'Kembali ke pos', 'sent');
    await crew.regainsNetwork();
    await crew.sees('tablet-message-text', 'Kembali ke pos');
    await stands(operator, 'Kembali ke pos', 'arrived');
    await crew.losesNetwork();
    await crew.sees('tablet-offline');
    await crew.by('tablet-message-read').click();
    await crew.sees('tablet-unsent', '1');
    must((await crew.by('tablet-message').count()) === 0, 'it was delivered twice');
    await crew.regainsNetwork();
    await crew.settled();
    await stands(operator, 'Kembali ke pos', 'read');
  },

  'one message goes to every crew on duty': async (stage) => {
    const operator = await stage.operator();
    const crew = await stage.crew(UNIT);
    await operator.press('Control+k');
    await operator.by('bar-input').fill('pesan');
    await operator.by('bar-row').filter({ hasText: 'Kirim pesan ke unit' }).first().click();
    await operator.by('message-units-text').fill('Apel sore dimajukan pukul 16.00');
    await stage.shows(operator, 'several');
    await operator.by('message-units-send').click();
    await crew.sees('tablet-message-text', 'Apel sore');
    await crew.by('tablet-message-write').click();
    await crew.by('tablet-message-answer').fill('Kami masih di lokasi');
    await crew.by('tablet-message-send').click();
    await operator.sees('toast', `${UNIT}: Kami masih di lokasi`);
  },

  'a note written without network reaches the desk in its turn': async (stage) => {
    const operator = await stage.operator();
    const crew = await stage.crew(UNIT);
    const incident = await job(stage, operator, crew);
    await crew.losesNetwork();
    await crew.sees('tablet-offline');
    await crew.drivesOff();
    await crew.by('tablet-note-open').click();
    await crew.by('tablet-note-quick-safe').click();
    await crew.by('tablet-note-text').press('End');
    await crew.by('tablet-note-text').pressSequentially('. Plat BK 1234 XY');
    await stage.shows(crew, 'note');
    // What was begun is still there after a restart of the page is lost to no word: the shelf has it.
    await crew.by('tablet-note-save').click();
    await crew.page.locator('[data-testid="tablet-note-state"][data-waiting="1"]').waitFor();
    await crew.sees('tablet-unsent', '2');
    await crew.regainsNetwork();
    await crew.settled();
    await crew.page.locator('[data-testid="tablet-note-state"][data-own="1"]').waitFor();
    await operator.opensIncident(incident);
    await operator.sees('incident-note-item', 'Situasi aman terkendali. Plat BK 1234 XY');
    await operator.sees('timeline-item', 'Catatan: Situasi aman terkendali');
    await stage.shows(operator, 'note-at-desk');
  },

  'a crew whose job was ended meanwhile is told by whom, and loses no word': async (stage) => {
    const operator = await stage.operator();
    const crew = await stage.crew(UNIT);
    const incident = await job(stage, operator, crew);
    await crew.losesNetwork();
    await crew.sees('tablet-offline');
    await crew.drivesOff();
    await crew.arrives();
    await crew.by('tablet-note-open').click();
    await crew.by('tablet-note-text').fill('Saksi: pemilik warung seberang');
    await crew.by('tablet-note-save').click();
    await opensUnit(operator, UNIT);
    await operator.by('unit-recall').click();
    await operator.by('release-dialog-text').fill('pelapor mencabut laporan');
    await operator.by('release-dialog-submit').click();
    await crew.regainsNetwork();
    await crew.sees('tablet-conflict-text', 'Penugasan ini sudah ditarik operator');
    await crew.sees('tablet-conflict-text', 'pelapor mencabut laporan');
    await crew.sees('tablet-conflict-lost', 'tidak dicatat; catatan dan foto tetap masuk');
    await crew.settled();
    await stage.shows(crew, 'conflict');
    await crew.by('tablet-conflict-note').click();
    await crew.by('tablet-conflict').waitFor({ state: 'detached' });
    await crew.settled();
    await operator.opensIncident(incident);
    await operator.sees('incident-note-item', 'Saksi: pemilik warung seberang');
    await operator.sees('incident-note-item', 'Tidak tercatat sebagai langkah');
  },
};
