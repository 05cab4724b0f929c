/** One event told by two, passed to another agency, shown afterwards to those who told of it. */
import { Citizen } from '../citizen.mjs';
import { near, SUNGGAL } from '../places.mjs';
import { eventually, must } from '../wait.mjs';

const FIRE = 'Tolong pak kebakaran rumah, api besar ada orang terjebak di dalam';

/** Tells whoever wrote what was sent to him. */
const heard = (citizen, words) =>
  eventually(`${citizen.phone} to read "${words}"`, async () =>
    (await citizen.received()).some((text) => text.includes(words)),
  );

/** A photo as a camera makes it: drawn in the browser, so that it is a real JPEG. */
async function snapshot(page) {
  const data = await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(1600, 1200);
    const pen = canvas.getContext('2d');
    for (const [color, y] of [
      ['#9fc3e0', 0],
      ['#7c8a6b', 700],
      ['#55585c', 950],
    ]) {
      pen.fillStyle = color;
      pen.fillRect(0, y, 1600, 1200 - y);
    }
    pen.fillStyle = '#b8aa93';
    pen.fillRect(450, 380, 700, 420);
    const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.9 });
    return Array.from(new Uint8Array(await blob.arrayBuffer()));
  });
  return { name: 'foto.jpg', mimeType: 'image/jpeg', buffer: Buffer.from(data) };
}

export default {
  'a second telling is proposed, joined with J and taken apart with P': async (stage) => {
    const [first, second] = [new Citizen(stage.server), new Citizen(stage.server)];
    const operator = await stage.operator();
    await first.reports(FIRE, SUNGGAL);
    await operator.by('tab-incidents').click();
    await operator.by('incident-row').first().waitFor();
    await second.reports('kebakaran pak, rumah terbakar, ada yang terjebak', near(SUNGGAL, 40, 20));
    await operator.by('tab-queue').click();
    await operator.row('Sei Sikambing B').first().waitFor();
    await operator.takesNext();
    await operator.sees('duplicate', 'kata yang sama');
    await stage.shows(operator, 'proposed');
    await operator.press('j');
    await operator.sees('joined', 'Bagian dari');
    await operator.reportIs('attached');
    await stage.shows(operator, 'joined');
    await operator.press('p');
    await operator.reportIs('queued');
    await operator.sees('duplicate');
    await operator.press('j');
    await operator.reportIs('attached');
    const { items } = await stage.server.ask('operator', '/v1/incidents');
    must(items.length === 1 && items[0].reports.length === 2, 'not one incident of two reports');
  },

  'an agency is told by a link, answers it, and the card says so': async (stage) => {
    const citizen = new Citizen(stage.server);
    const admin = await stage.visitor();
    await admin.signsIn('admin');
    await admin.page.locator('a[href="/admin"]').waitFor();
    await admin.page.goto(`${stage.server.url}/admin#agencies`);
    await admin.by('agencies').waitFor();
    await admin.by('agency-new').click();
    await admin.page.getByLabel('Nama', { exact: true }).fill('Damkar Contoh');
    await admin.page.getByLabel('Nomor WhatsApp').fill('0811-5550-113');
    await admin.page.getByLabel('Kebakaran', { exact: true }).check();
    await stage.shows(admin, 'directory');
    await admin.by('agency-form').getByRole('button', { name: 'Simpan' }).click();
    await admin.sees('agencies', 'Damkar Contoh');

    const operator = await stage.operator();
    await citizen.reports(FIRE, SUNGGAL);
    await operator.by('tab-incidents').click();
    await operator.by('incident-row').first().click();
    await operator.by('refer').click();
    const agency = operator.page.locator('label').filter({ hasText: 'Damkar Contoh' });
    await agency.click();
    await operator.by('refer-note').fill('Gudang cat, ada tabung gas.');
    await stage.shows(operator, 'refer');
    await operator.by('refer-send').click();
    await operator.sees('referral', 'Damkar Contoh');
    await heard(citizen, 'Diteruskan ke: Damkar Contoh');
    const letter = await eventually('the agency to have the link', async () => {
      const [sent] = await stage.server.sentTo('628115550113');
      return sent?.text ?? null;
    });
    const [link] = letter.match(/\/rujukan#\S+/);

    const damkar = await stage.visitor();
    await damkar.page.setViewportSize({ width: 390, height: 844 });
    await damkar.page.goto(`${stage.server.url}${link}`);
    await damkar.sees('referral-page', 'Gudang cat, ada tabung gas.');
    must(!(await damkar.page.content()).includes(citizen.phone), 'the reporter is on the page');
    await stage.shows(damkar, 'page');
    await damkar.by('referral-take').click();
    await damkar.sees('referral-state', 'Sudah Anda terima');
    await damkar.by('referral-note').fill('Dua mobil berangkat');
    await damkar.by('referral-tell').click();
    await damkar.sees('referral-page', 'Dua mobil berangkat');
    await damkar.by('referral-done').click();
    await damkar.by('referral-done-sure').click();
    await damkar.sees('referral-state', 'Selesai');
    await stage.shows(damkar, 'page-done');
    await operator.page.locator('[data-testid="referral"][data-state="done"]').waitFor();
    await operator.sees('referral', 'Dua mobil berangkat');
    await operator.sees('timeline-item', 'Instansi memberi kabar');
    await stage.shows(operator, 'answered');
  },

  'the crew shows the place, the operator sends it with A, the reporter has it': async (stage) => {
    const citizen = new Citizen(stage.server);
    const crew = await stage.crew('Patko-Sunggal-1');
    const operator = await stage.operator();
    await citizen.reports(FIRE, SUNGGAL);
    await crew.stage('offer');
    await crew.accepts();
    await crew.drivesOff();
    await crew.arrives();
    await crew.settled();
    const photo = await snapshot(crew.page);
    await crew.losesNetwork();
    await crew.by('tablet-photo-input').setInputFiles(photo);
    await crew.sees('tablet-photo', '1 foto menunggu jaringan');
    await crew.regainsNetwork();
    await crew.sees('tablet-photo', '1 foto terkirim ke operator');
    await stage.shows(crew, 'photo');
    await operator.by('tab-incidents').click();
    await operator.by('incident-row').first().click();
    const picture = (await operator.sees('after-photo')).locator('img');
    await eventually('the photo to be drawn', () =>
      picture.evaluate((image) => image.complete && image.naturalWidth > 0),
    );
    await stage.shows(operator, 'photo-waits');
    await operator.press('a');
    await operator.page.locator('[data-testid="after-photo"][data-state="approved"]').waitFor();
    const sent = () => fetch(`${stage.server.url}/demo/outbox`).then((answer) => answer.json());
    await eventually('the reporter to have the photo', async () =>
      (await sent()).items.some((item) => item.to === citizen.phone && item.kind === 'image'),
    );
    await stage.shows(operator, 'photo-sent');
  },
};
