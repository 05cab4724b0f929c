/** Somebody with the citizen's page on a telephone. */
import { eventually } from './wait.mjs';

let numbers = 0;

export class Reporter {
  constructor(page, server) {
    numbers += 1;
    this.page = page;
    this.server = server;
    this.phone = `0812900${String(10_000 + numbers)}`;
  }

  #at(id) {
    return this.page.getByTestId(id);
  }

  async opens() {
    await this.page.goto(`${this.server.url}/lapor`);
    await this.#at('form-text').waitFor();
    return this;
  }

  /** The number, then the code the demonstration shows. */
  async signsIn() {
    await this.#at('enter-phone').fill(this.phone);
    await this.#at('enter-name').fill('Siti Contoh');
    await this.#at('enter-go').click();
    const shown = await this.#at('enter-demo').textContent();
    await this.#at('enter-code').fill(shown.match(/\d{6}/)[0]);
    await this.#at('enter-go').click();
    await this.#at('enter-code').waitFor({ state: 'detached' });
  }

  async writes(text) {
    await this.#at('form-text').fill(text);
  }

  async photographs(...files) {
    await this.#at('form-gallery').setInputFiles(files);
  }

  async isHere() {
    await this.#at('where-here').click();
    await this.#at('where-found').waitFor();
  }

  async movesThePoint() {
    await this.#at('where-map').click();
    await this.page.locator('.maplibregl-canvas').waitFor();
    await this.#at('pin-use').scrollIntoViewIfNeeded();
    const box = await this.#at('pin-map').boundingBox();
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await this.page.mouse.move(x, y);
    await this.page.mouse.down();
    await this.page.mouse.move(x - 40, y - 30, { steps: 5 });
    await this.page.mouse.up();
  }

  async sends() {
    await this.#at('form-send').click();
  }

  async opensTab(tab) {
    await this.#at(`lapor-tab-${tab}`).click();
  }

  /** The ticket number of the report that was taken. */
  async ticket() {
    return (await this.#at('form-number').textContent()).trim();
  }

  async follows() {
    await this.#at('form-follow').click();
    await this.#at('detail').waitFor();
  }

  async sees(state) {
    await this.page.locator(`[data-testid=detail] [data-state=${state}]`).waitFor();
  }

  /** One's own reports as the server has them, asked with the page's own cookie. */
  reports() {
    return this.page
      .evaluate(() => fetch('/v1/citizen/reports').then((answer) => answer.json()))
      .then(({ items }) => items);
  }

  /** Waits until the page keeps itself for times without a network. */
  async isKept() {
    await eventually('the page to be kept', () =>
      this.page.evaluate(async () => {
        const worker = await navigator.serviceWorker.getRegistration('/lapor');
        const names = await caches.keys();
        return (
          worker?.active?.state === 'activated' &&
          names.some((name) => name.startsWith('sigap-lapor-'))
        );
      }),
    );
  }
}
