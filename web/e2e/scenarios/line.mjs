/** Pages that stay open: a newer server, one that is away or slow. */
import { Citizen } from '../citizen.mjs';
import { SUNGGAL } from '../places.mjs';
import { must } from '../wait.mjs';

const WORDS = 'Petugas sudah menuju lokasi, mohon tunggu';

/** An operator with a reply half typed. */
async function types(stage) {
  const operator = await stage.operator();
  await new Citizen(stage.server).reports('Pak, motor saya hilang dicuri orang', SUNGGAL);
  await operator.row('Sei Sikambing B').waitFor();
  await operator.takesNext();
  await operator.by('reply-text').fill(WORDS);
  return operator;
}

const typed = async (operator) => {
  must((await operator.by('reply-text').inputValue()) === WORDS, 'the typed words are gone');
};

export default {
  'a newer page is offered, a server away or slow is said, and the words stay': async (stage) => {
    const operator = await types(stage);
    const { page } = operator;
    await page.context().setOffline(true);
    await operator.by('reply-send').click();
    await operator.sees('line-away', 'Server tidak terjangkau');
    await typed(operator);
    await stage.shows(operator, 'away');
    await page.context().setOffline(false);
    await operator.connected();
    await operator.by('line-away').waitFor({ state: 'detached' });

    let answer = () => {};
    const held = new Promise((done) => {
      answer = done;
    });
    await page.route('**/reply', async (route) => {
      await held;
      await route.fulfill({
        status: 409,
        json: { status: 409, code: 'gone', detail: 'tidak bisa' },
      });
    });
    await operator.by('reply-send').click();
    await operator.sees('line-slow', 'Server lambat menjawab');
    answer();
    await operator.by('line-slow').waitFor({ state: 'detached' });
    await typed(operator);
    await page.unroute('**/reply');

    await page.route('**/command', async (route) => {
      const html = await (await route.fetch()).text();
      const body = html.replace(/assets\/command-[\w-]{8}\.js/, 'assets/command-AAAAAAAA.js');
      await route.fulfill({ contentType: 'text/html', body });
    });
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await operator.sees('line-newer', 'Versi baru Sigap');
    await typed(operator);
    await stage.shows(operator, 'newer');
  },
};
