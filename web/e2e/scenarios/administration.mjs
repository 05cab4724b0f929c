/** The administrator's day: first run, users, plans, and what the health page says. */
import { Citizen } from '../citizen.mjs';
import { SUNGGAL } from '../places.mjs';
import { must } from '../wait.mjs';

/** Somebody at a panel of the administration screen. */
async function at(stage, username, panel) {
  const person = await stage.visitor();
  await person.signsIn(username);
  const choice = person.page.locator('a[href="/admin"]').first();
  await Promise.race([person.page.waitForURL(/\/(command|insight)/), choice.waitFor()]);
  await person.page.goto(`${stage.server.url}/admin#${panel}`);
  await person.page.locator(`[data-testid="admin-${panel}"][aria-current="page"]`).waitFor();
  return person;
}

const square = (code, nama, west) => ({
  type: 'Feature',
  properties: { kode: code, nama, kode_kecamatan: '12.75.01', kecamatan: 'Binjai Kota' },
  geometry: {
    type: 'Polygon',
    coordinates: [
      [
        [west, 3.6],
        [west + 0.05, 3.6],
        [west + 0.05, 3.65],
        [west, 3.65],
        [west, 3.6],
      ],
    ],
  },
});
const areas = (...features) => ({
  name: 'binjai.geojson',
  mimeType: 'application/geo+json',
  buffer: Buffer.from(JSON.stringify({ type: 'FeatureCollection', features })),
});

async function restarts(admin) {
  await admin.page.getByText('Layanan sudah dimuat ulang.').last().waitFor();
}

async function begins(stage, admin) {
  await admin.page.goto(`${stage.server.url}/`);
  await admin.by('first-code').fill('0000-0000-0000');
  await admin.by('first-office').fill('Polres Binjai');
  must((await admin.by('first-prefix').inputValue()) === 'BNJ', 'the prefix is not proposed');
  await admin.by('first-name').fill('Kasi TIK');
  await admin.by('first-username').fill('kasi.tik');
  await admin.by('first-password').fill('sandi pertama yang panjang');
  await admin.by('first-again').fill('sandi pertama yang panjang');
  await stage.shows(admin, 'first-run');
  await admin.by('first-submit').click();
  await admin.sees('first-problem', 'Kodenya tidak cocok');
  must((await admin.by('first-office').inputValue()) === 'Polres Binjai', 'what was typed is lost');
  await admin.by('first-code').fill(stage.server.code.toLowerCase());
  await admin.by('first-submit').click();
  await admin.page.waitForURL('**/admin#setup');
  await admin.page.locator('[data-testid="step-areas"][data-done="false"]').waitFor();
}

async function firstRun(stage) {
  const admin = await stage.visitor();
  await begins(stage, admin);
  // A broken file is named by its feature; the good one is looked at before it counts.
  const broken = square('12.75.01.1002', 'Timbang', 98.5);
  broken.geometry.coordinates[0].splice(1, 3, [98.55, 3.65], [98.55, 3.6], [98.5, 3.65]);
  await admin
    .by('areas-file')
    .setInputFiles(areas(square('12.75.01.1001', 'Binjai', 98.45), broken));
  await admin.sees('problems', '12.75.01.1002');
  await admin
    .by('areas-file')
    .setInputFiles(
      areas(square('12.75.01.1001', 'Binjai', 98.45), square('12.75.01.1002', 'Timbang', 98.5)),
    );
  await admin.sees('areas-report', '2 kelurahan dan desa di 1 kecamatan');
  await stage.shows(admin, 'areas');
  await admin.by('areas-apply').click();
  await admin.by('restart').click();
  await restarts(admin);
  await admin.page.locator('[data-testid="step-areas"][data-done="true"]').waitFor();

  await admin.by('open-units').click();
  await admin
    .by('units-csv')
    .fill('call_sign,kind,polsek,crew,lng,lat\nBinjai-01,car,,2,98.47,3.62\n');
  await admin.by('units-csv').blur();
  await admin.sees('units-report', 'Binjai-01');
  await admin.by('units-apply').click();
  await admin.page.locator('[data-testid="step-units"][data-done="true"]').waitFor();

  await stage.server.set(
    'phone_numbers = "9001=binjai"\naccess_token = "token"\napp_secret = "rahasia"\nverify_token = "kata"',
    `[server]\npublic_url = "${stage.server.url}"`,
  );
  await admin.by('open-line').click();
  await admin.page
    .locator('[data-testid="setting-whatsapp.app_secret"][data-set="false"]')
    .waitFor();
  await admin.by('line-reload').click();
  await admin.page
    .locator('[data-testid="setting-whatsapp.app_secret"][data-set="true"]')
    .waitFor();
  await admin.by('line-check').click();
  await admin.sees('tried-number', 'phone_number_id salah');
  await admin.sees('tried-verification', 'menjawab seperti yang diminta Meta');
  await stage.shows(admin, 'line');
  await stage.server.set(
    'phone_numbers = "1001=binjai"\naccess_token = "token"\napp_secret = "rahasia"\nverify_token = "kata"',
    `[server]\npublic_url = "${stage.server.url}"`,
  );
  await admin.by('line-reload').click();
  await admin.by('tried-number').waitFor({ state: 'detached' });
  await admin.by('test-to').fill('0812 0000 0007');
  await admin.by('test-send').click();
  await admin.page.locator('[data-testid="tried-message"][data-level="ok"]').waitFor();
  must(stage.server.sent.at(-1).to === '6281200000007', 'the message went elsewhere');
  must(stage.server.sent.at(-1).text.body.includes('Polres Binjai'), 'it does not say who writes');
}
firstRun.fresh = true;
/** While the server starts anew a page hears nothing, or that its office is not there yet. */
firstRun.expected = /net::ERR_|status of (401|403|404|409|422)/;

async function oneTime(stage) {
  const admin = await at(stage, 'admin', 'users');
  await admin.by('user-new').click();
  await admin.by('user-name').fill('Bripda Contoh');
  await admin.by('user-username').fill('bripda.contoh');
  await admin.by('user-role').selectOption('supervisor');
  await admin.by('user-save').click();
  const password = (await (await admin.sees('one-time-password')).textContent()).trim();
  await stage.shows(admin, 'one-time');
  await admin.by('one-time-close').click();
  await admin.sees('user-bripda.contoh', 'Sandi sementara');

  const fresh = await stage.visitor();
  await fresh.signsIn('bripda.contoh', password);
  await fresh.by('own-old').fill(password);
  await fresh.by('own-new').fill('pendek');
  await fresh.by('own-again').fill('pendek');
  await fresh.by('own-submit').click();
  await fresh.sees('own-problem', '12 huruf');
  await stage.shows(fresh, 'own-password');
  await fresh.by('own-new').fill('sandi saya yang panjang');
  await fresh.by('own-again').fill('sandi saya yang panjang');
  await fresh.by('own-submit').click();
  await fresh.page.waitForURL('**/command');
  await fresh.connected();

  // Who is disabled is out, in every browser.
  await admin.page.reload();
  await admin.by('user-bripda.contoh').getByTestId('user-edit').click();
  await admin.by('user-disabled').check();
  await admin.by('user-save').click();
  await admin.sees('user-bripda.contoh', 'Nonaktif');
  await fresh.page.goto(`${stage.server.url}/command`);
  await fresh.by('login-username').waitFor();
  await admin.by('user-admin').getByTestId('user-edit').click();
  await admin.by('user-disabled').check();
  await admin.by('user-save').click();
  await admin.sees('user-problem', 'admin terakhir');
}

async function plansChanged(stage) {
  const citizen = new Citizen(stage.server);
  await citizen.reports('jalan macet total, truk mogok', SUNGGAL);
  const operator = await stage.operator('operator');
  await operator.row('Kemacetan').waitFor();
  await operator.takesNext();
  const incident = await operator.makesIncident();
  await operator.recommended();
  const planned = async () => {
    const { items } = await stage.server.ask('operator', '/v1/incidents');
    const { id } = items.find(({ number }) => number === incident);
    return (await stage.server.ask('operator', `/v1/incidents/${id}/recommendation`)).plan;
  };
  const before = await planned();
  must(before.units === 1 && before.kinds[0] === 'traffic', `planned ${JSON.stringify(before)}`);

  const admin = await at(stage, 'admin', 'plans');
  await admin.by('plans').waitFor();
  await admin.by('plan-add').click();
  const plan = admin.by('plan').first();
  // The new plan is for traffic jams of priority 3: all priorities, motorcycles before cars.
  for (const priority of ['P1', 'P2', 'P4'])
    await plan.getByLabel(priority, { exact: true }).check();
  await plan.getByTestId('plan-kind-car').click();
  await admin.by('plans-save').click();
  await admin.sees('plans-problem', 'paling sedikit satu jenis unit');
  await plan.getByTestId('plan-kind-motorcycle').click();
  await plan.getByTestId('plan-units').fill('2');
  await admin.by('plans-look').click();
  await admin.page.locator('[data-testid="plan-trial"][data-changed="1"]').waitFor();
  await admin.sees('plan-trial', incident);
  await stage.shows(admin, 'plans');
  await admin.by('plans-save').click();
  await admin.page.getByText('Tersimpan. Berlaku mulai sekarang.').waitFor();
  await admin.sees('plans-history', 'Admin Sistem');

  const after = await planned();
  must(after.units === 2 && after.kinds[0] === 'motorcycle', `planned ${JSON.stringify(after)}`);
  await admin.by('plans-restore-0').click();
  await admin.page.getByText('Versi itu berlaku lagi.').waitFor();
  await admin.sees('plans-history', 'rencana bawaan');
  must((await planned()).units === 1, 'the plans of the program do not count again');
}

async function categoriesChanged(stage) {
  const operator = await stage.operator('operator');
  await new Citizen(stage.server).reports('jalan macet total, truk mogok', SUNGGAL);
  await operator.row('Kemacetan').waitFor();
  const admin = await at(stage, 'admin', 'categories');
  await admin.by('name-id-kemacetan').fill('Macet & <padat>');
  await admin.by('words-hewan').fill('ular sanca, biawak');
  await admin.by('retire-rekrutmen').check();
  await admin.by('name-id-skck').fill('SIM');
  await admin.by('cats-save').click();
  await admin.sees('cats-problem', 'sudah dipakai kategori lain');
  await admin.by('name-id-skck').fill('');
  await admin.by('cats-look').click();
  await admin.sees('cats-trial', '1 laporan sejak kemarin memakainya');
  await stage.shows(admin, 'categories');
  await admin.by('cats-save').click();
  await admin.page.getByText('Tersimpan. Berlaku mulai sekarang.').waitFor();
  // The operator's screen was open all the time, and says it by itself.
  await operator.row('Macet & <padat>').waitFor();
  await operator.takesNext();
  const choices = await operator.by('category').locator('option').allTextContents();
  must(choices.includes('Macet & <padat>'), `no new name among ${choices}`);
  must(!choices.includes('Rekrutmen'), 'what is retired is still offered');
  await admin.by('cats-restore-0').click();
  await operator.row('Kemacetan').waitFor();
}

async function brokenChannel(stage) {
  const admin = await at(stage, 'admin', 'health');
  await admin.by('health').waitFor();
  must((await admin.by('health-signature').count()) === 0, 'a signature fails before one came');
  const forged = await fetch(`${stage.server.url}/v1/channels/whatsapp/webhook`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-hub-signature-256': 'sha256=00' },
    body: '{}',
  });
  must(forged.status === 401, 'a wrong signature is taken');
  await admin.by('health-again').click();
  await admin.page.locator('[data-testid="health-signature"][data-level="bad"]').waitFor();
  await admin.sees('health-signature', 'tanda tangannya salah');
  await admin.sees('health-signature', 'whatsapp.app_secret');
  await stage.shows(admin, 'health');
  const supervisor = await at(stage, 'supervisor', 'health');
  await supervisor.sees('health-signature', 'tanda tangannya salah');
  must((await supervisor.by('health-store').count()) === 0, 'a supervisor reads what is well');
}

export default {
  'an empty server becomes an office that sends a test message': firstRun,
  'a one-time password is replaced, and who is disabled is out': oneTime,
  'a plan is tried, counts for the next recommendation, and is put back': plansChanged,
  'a category is renamed on every screen, and put back': categoriesChanged,
  'a broken channel stands on the health page in words': brokenChannel,
};
