/** The office's own data: who is blocked, what is answered, in which words, what failed, who else helps. */
import { Citizen } from '../citizen.mjs';
import { SUNGGAL } from '../places.mjs';
import { eventually, must } from '../wait.mjs';

const FLIRTING = 'hai kak boleh kenalan ga? minta foto polwan dong';

/** Somebody at a panel of the administration screen. */
async function at(stage, username, panel) {
  const person = await stage.visitor();
  await person.signsIn(username);
  // Signing in opens the first screen of a role; an administrator is given the choice.
  const choice = person.page.locator('a[href="/admin"]').first();
  await Promise.race([person.page.waitForURL(/\/(command|insight)/), choice.waitFor()]);
  await person.page.goto(`${stage.server.url}/admin#${panel}`);
  await person.page.locator(`[data-testid="admin-${panel}"][aria-current="page"]`).waitFor();
  return person;
}

/** Three times misuse, three warnings of an operator; the third proposes a block. */
async function misuses(stage, citizen) {
  const known = new Set();
  for (let n = 1; n <= 3; n += 1) {
    await citizen.writes(FLIRTING);
    const report = await eventually('the message to be a report', async () => {
      const { items } = await stage.server.ask('operator', '/v1/queue');
      return items.map((item) => item.report).find(({ id }) => !known.has(id)) ?? null;
    });
    known.add(report.id);
    const body = JSON.stringify({ note: 'minta foto polwan' });
    await stage.server.ask('operator', `/v1/reports/${report.id}/strike`, { method: 'POST', body });
  }
}

/** WhatsApp takes one message to one person in six seconds: seven of them take a while. */
const PATIENCE_MS = 90_000;

const heard = (citizen, words) =>
  eventually(
    `${citizen.phone} to read "${words}"`,
    async () => (await citizen.received()).some((text) => text.includes(words)),
    PATIENCE_MS,
  );

/** The office has no WhatsApp line of its own: nothing can be sent. */
async function failed(stage) {
  const citizen = new Citizen(stage.server);
  await citizen.reports('jalan macet total, truk mogok', SUNGGAL);
  await eventually('the answer to fail', async () => {
    const { items } = await stage.server.ask('supervisor', '/v1/outbox');
    return items.length > 0;
  });
  const reader = await at(stage, 'auditor', 'outbox');
  await reader.sees('dead', 'belum punya nomor WhatsApp');
  must((await reader.by('retry').count()) === 0, 'an auditor can send');
  const supervisor = await at(stage, 'supervisor', 'outbox');
  await supervisor.sees('dead', 'MDN-');
  await supervisor.sees('dead', '1 kali dicoba');
  await stage.shows(supervisor, 'outbox');
  await supervisor.by('retry').first().click();
  await supervisor.page.getByText('Pesan menunggu dikirim lagi.').waitFor();
  await eventually('it to fail again, and to be seen again', async () => {
    await supervisor.page.reload();
    return (await supervisor.by('dead').count()) > 0;
  });
}
failed.env = { SIGAP__WHATSAPP__PHONE_NUMBERS: '106540352242923=belawan' };

export default {
  'three warnings propose a block, a second officer decides, an appeal opens it again': async (
    stage,
  ) => {
    const citizen = new Citizen(stage.server);
    await misuses(stage, citizen);
    const proposer = await at(stage, 'operator', 'blocks');
    await proposer.sees('block-row', citizen.phone.slice(-4));
    await proposer.sees('block-card', 'Hanya pengawas yang dapat memutuskan.');
    must((await proposer.by('block-confirm').count()) === 0, 'an operator can confirm');

    const supervisor = await at(stage, 'supervisor', 'blocks');
    await supervisor.sees('block-evidence', 'minta foto polwan');
    must(!(await supervisor.page.content()).includes(citizen.phone), 'the number is shown unasked');
    await stage.shows(supervisor, 'proposed');
    await supervisor.by('block-reveal').click();
    await supervisor.by('block-ask-text').fill('mencocokkan nomor');
    await supervisor.by('block-ask-submit').click();
    await supervisor.sees('block-card', citizen.phone);
    await supervisor.by('block-days').selectOption('7');
    await supervisor.by('block-confirm').click();
    await supervisor.page.getByText('Tersimpan.').first().waitFor();
    await supervisor.by('blocks-active').click();
    await supervisor.page.locator('[data-testid="block-state"][data-state="active"]').waitFor();
    await heard(citizen, 'BANDING');

    await citizen.writes('saya ajukan banding, itu adik saya yang pegang hp');
    await heard(citizen, 'ditinjau kembali');
    await supervisor.page.reload();
    await supervisor.by('blocks-active').click();
    await supervisor.sees('block-row', 'Minta ditinjau');
    await supervisor.sees('block-since', 'adik saya yang pegang hp');
    await stage.shows(supervisor, 'appealed');
    await supervisor.by('block-lift').click();
    await supervisor.by('block-ask-text').fill('adiknya yang menulis');
    await supervisor.by('block-ask-submit').click();
    await supervisor.by('blocks-all').click();
    await supervisor.page.locator('[data-testid="block-state"][data-state="lifted"]').waitFor();
    await heard(citizen, 'sudah dibuka');
  },

  'a number is blocked by hand, and who proposed it does not decide': async (stage) => {
    const supervisor = await at(stage, 'supervisor', 'blocks');
    await supervisor.by('blocks-none').waitFor();
    await supervisor.by('block-new').click();
    await supervisor.by('block-phone').fill('0812 9999 0001');
    await supervisor.by('block-note').fill('meneror petugas piket');
    await stage.shows(supervisor, 'by-hand');
    await supervisor.by('block-submit').click();
    await supervisor.sees('block-row', '0001');
    await supervisor.sees('block-card', 'Usulan Anda sendiri');
    must((await supervisor.by('block-confirm').count()) === 0, 'one officer is enough');
  },

  'an article is checked by the office and answers from then on': async (stage) => {
    const admin = await at(stage, 'admin', 'articles');
    await admin.by('article-skck').click();
    await admin
      .by('article-text')
      .fill('SKCK dilayani Senin sampai Jumat pukul 08.00-15.00 di loket 3.');
    await admin.by('article-checked').check();
    await stage.shows(admin, 'article');
    await admin.by('save').click();
    await admin.page.getByText('Tersimpan. Berlaku mulai pesan berikutnya.').waitFor();
    await admin.sees('history', 'admin');
    const citizen = new Citizen(stage.server);
    await citizen.writes('syarat bikin skck apa saja ya pak');
    await heard(citizen, 'loket 3');
    const [answer] = await citizen.received();
    must(!answer.includes('informasi umum'), 'it is still marked as an example');
    await admin.by('reset').click();
    await eventually(
      'the words that came with the program',
      async () => !(await admin.by('article-text').inputValue()).includes('loket 3'),
    );
  },

  'a message gets other words, and one that cannot be sent is not taken': async (stage) => {
    const admin = await at(stage, 'admin', 'templates');
    await admin.by('template-ask_place').click();
    const field = admin.by('template-text');
    const before = await field.inputValue();
    await field.fill(`${before}\n{nomor_rahasia}`);
    await admin.page.locator('[role="alert"]').filter({ hasText: '{nomor_rahasia}' }).waitFor();
    must(await admin.by('save').isDisabled(), 'words with an unknown placeholder can be saved');
    await field.fill(`Horas! ${before}`);
    await eventually('the words to be lawful', async () => !(await admin.by('save').isDisabled()));
    await stage.shows(admin, 'template');
    await admin.by('save').click();
    await admin.page.getByText('Tersimpan. Berlaku mulai pesan berikutnya.').waitFor();
    const citizen = new Citizen(stage.server);
    await citizen.writes('pak motor saya dicuri tadi malam');
    await heard(citizen, 'Horas!');
    const reader = await at(stage, 'auditor', 'templates');
    await reader.by('template-ask_place').click();
    must(await reader.by('template-text').isDisabled(), 'an auditor can write');
  },

  'what could not be sent is seen and tried again by a supervisor': failed,

  'an agency is entered, changed and removed by the administrator alone': async (stage) => {
    const admin = await at(stage, 'admin', 'agencies');
    await admin.by('agency-new').click();
    await admin.page.getByLabel('Nama', { exact: true }).fill('Dishub Contoh');
    await admin.page.getByLabel('Nomor WhatsApp').fill('0811-5550-222');
    await stage.shows(admin, 'agency');
    await admin.by('agency-form').getByRole('button', { name: 'Simpan' }).click();
    const row = admin.page
      .locator('[data-testid="agencies"] tr')
      .filter({ hasText: 'Dishub Contoh' });
    await row.getByTestId('agency-edit').click();
    await admin.page.getByLabel('Nama', { exact: true }).fill('Dishub Kota Contoh');
    await admin.by('agency-form').getByRole('button', { name: 'Simpan' }).click();
    await admin.sees('agencies', 'Dishub Kota Contoh');
    const operator = await at(stage, 'operator', 'agencies');
    await operator.sees('agencies', 'Dishub Kota Contoh');
    must((await operator.by('agency-new').count()) === 0, 'an operator can enter an agency');
    const changed = admin.page
      .locator('[data-testid="agencies"] tr')
      .filter({ hasText: 'Dishub Kota Contoh' });
    await changed.getByTestId('agency-edit').click();
    admin.page.once('dialog', (dialog) => dialog.accept());
    await admin.by('agency-form').getByRole('button', { name: 'Hapus' }).click();
    await eventually('the agency to be gone', async () => (await changed.count()) === 0);
  },
};
