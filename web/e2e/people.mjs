/**
 * People at their screens. They speak the trade and see what a person sees: every method waits until
 * its effect is visible.
 */
import { eventually } from './wait.mjs';

/** Somebody signed in, in a browser of his own. */
class Person {
  constructor(page, server) {
    this.page = page;
    this.server = server;
  }

  by(testid) {
    return this.page.getByTestId(testid);
  }

  async sees(testid, text) {
    const found = text === undefined ? this.by(testid) : this.by(testid).filter({ hasText: text });
    await found.first().waitFor();
    return found.first();
  }

  /** Types name and password into the form at the address. */
  async signsIn(username, password = this.server.login(username).password) {
    await this.page.goto(`${this.server.url}/`);
    await this.by('login-username').fill(username);
    await this.by('login-password').fill(password);
    await this.by('login-submit').click();
  }

  async signsOut() {
    await this.by('user-menu').click();
    await this.by('logout').click();
    await this.by('login-username').waitFor();
  }

  async connected() {
    await this.page.locator('[data-testid="connection"][data-state="live"]').waitFor();
  }
}

/** At the command center. */
export class Operator extends Person {
  async starts(username = 'operator') {
    await this.signsIn(username);
    await this.page.waitForURL('**/command');
    await this.connected();
    return this;
  }

  press(key) {
    return this.page.keyboard.press(key);
  }

  row(text) {
    return this.by('report-row').filter({ hasText: text });
  }

  /** Takes the head of the queue with one key; gives its ticket number. */
  async takesNext() {
    await this.press('n');
    await this.by('report-card').waitFor();
    await this.reportIs('claimed');
    return this.cardNumber();
  }

  async cardNumber() {
    return (await this.by('card-number').textContent()).trim();
  }

  reportIs(state) {
    return this.page.locator(`[data-testid="report-state"][data-state="${state}"]`).waitFor();
  }

  incidentIs(state) {
    return this.page.locator(`[data-testid="incident-state"][data-state="${state}"]`).waitFor();
  }

  /** Makes an incident of the report on the card; gives its number. */
  async makesIncident() {
    await this.press('i');
    await this.by('incident-card').waitFor();
    return this.cardNumber();
  }

  async opensIncident(number) {
    await this.by('tab-incidents').click();
    await this.by('incident-row').filter({ hasText: number }).click();
    await this.by('incident-card').filter({ hasText: number }).waitFor();
  }

  /** The call signs that are recommended, best first. */
  async recommended() {
    await this.by('candidate').first().waitFor();
    return this.by('candidate').evaluateAll((rows) => rows.map((row) => row.dataset.unit));
  }

  /** `await operator.assigns(incident).to('Sabhara-07')`; a reason when it is not the first. */
  assigns(incident) {
    return {
      to: async (callSign, reason) => {
        await this.opensIncident(incident);
        const candidate = this.page.locator(`[data-testid="candidate"][data-unit="${callSign}"]`);
        await candidate.getByTestId('offer').click();
        if (reason !== undefined) {
          await this.by('override-dialog-text').fill(reason);
          await this.by('override-dialog-submit').click();
        }
        await this.assigned(callSign);
      },
    };
  }

  /** Waits until `callSign` stands among the assignments, in this state if one is named. */
  assigned(callSign, state) {
    const at = state === undefined ? '' : `[data-state="${state}"]`;
    return this.page
      .locator(`[data-testid="assignment"]${at}`)
      .filter({ hasText: callSign })
      .first()
      .waitFor();
  }

  async closesIncident(outcome, note) {
    await this.by('incident-close').click();
    await this.by(`outcome-${outcome}`).check();
    await this.by('settle-note').fill(note);
    await this.by('settle-submit').click();
    await this.incidentIs('closed');
  }
}

/** At the tablet of a unit. */
export class Crew extends Person {
  async starts(callSign) {
    this.callSign = callSign;
    await this.signsIn(callSign.toLowerCase());
    await this.page.waitForURL('**/tablet');
    await this.by('tablet').waitFor();
    await this.sees('tablet-call-sign', callSign);
    return this;
  }

  stage(stage) {
    return this.page.locator(`[data-testid="tablet"][data-stage="${stage}"]`).waitFor();
  }

  accepts() {
    return this.#presses(this.by('tablet-accept'), 'accepted');
  }

  drivesOff() {
    return this.#presses(this.#next('en_route'), 'en_route');
  }

  arrives() {
    return this.#presses(this.#next('on_scene'), 'on_scene');
  }

  finishes() {
    return this.#presses(this.#next('clear'), 'idle');
  }

  async refuses(reason) {
    await this.by('tablet-refuse').click();
    await this.by(`tablet-reason-${reason}`).click();
    await this.stage('idle');
  }

  /** Waits until every step pressed is with the server. */
  settled() {
    return this.by('tablet-unsent').waitFor({ state: 'detached' });
  }

  /** Until the page and the ground of its map are kept on the device. */
  async isInstalled() {
    await eventually('the tablet to be installed', () =>
      this.page.evaluate(async () => {
        const names = await caches.keys();
        const ground = names.find((name) => name.endsWith('-ground'));
        if (ground === undefined || names.length < 2) return false;
        return (await (await caches.open(ground)).keys()).length >= 6;
      }),
    );
  }

  /** Whether the device keeps the own assignment in this state. */
  keeps(state) {
    return this.page.evaluate(
      (wanted) =>
        new Promise((done) => {
          const open = indexedDB.open('sigap-kept', 1);
          open.onerror = () => done(false);
          open.onsuccess = () => {
            const read = open.result.transaction('state').objectStore('state').get('last');
            read.onerror = () => done(false);
            read.onsuccess = () => {
              open.result.close();
              const all = read.result?.assignments ?? [];
              done(all.some((one) => one.state === wanted));
            };
          };
        }),
      state,
    );
  }

  async losesNetwork() {
    await this.page.context().setOffline(true);
  }

  async regainsNetwork() {
    await this.page.context().setOffline(false);
  }

  #next(step) {
    return this.page.locator(`[data-testid="tablet-next"][data-step="${step}"]`);
  }

  /** A tablet ignores a second tap just after the first: a person taps again. */
  async #presses(button, stage) {
    await eventually(`the tablet to show ${stage}`, async () => {
      if ((await this.by('tablet').getAttribute('data-stage')) === stage) return true;
      await button.click({ timeout: 1000 }).catch(() => {});
      return false;
    });
  }
}

/** Web Mercator as the map draws it, pixels. */
function pixels(lng, lat, zoom) {
  const size = 512 * 2 ** zoom;
  const y = Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360));
  return [((lng + 180) / 360) * size, (0.5 - y / (2 * Math.PI)) * size];
}

/** At the commander's screen. */
export class Commander extends Person {
  async starts(username = 'kapolres') {
    await this.signsIn(username);
    await this.page.waitForURL('**/insight');
    await this.by('morning').waitFor();
    return this;
  }

  /** Goes to one of the pages: morning, map, work, coverage, forecast, report. */
  async opens(view) {
    await this.by(`insight-view-${view}`).click();
    if (!['map', 'coverage', 'forecast'].includes(view)) return;
    await this.page.locator('[data-testid="insight-map"][data-ready="true"]').waitFor();
  }

  /** Clicks the map where this point lies. */
  async clicksMap({ lng, lat }) {
    const map = this.by('insight-map');
    const [midLng, midLat, zoom] = (await map.getAttribute('data-view')).split(' ').map(Number);
    const box = await map.boundingBox();
    const [x, y] = pixels(lng, lat, zoom);
    const [midX, midY] = pixels(midLng, midLat, zoom);
    await this.page.mouse.click(
      box.x + box.width / 2 + x - midX,
      box.y + box.height / 2 + y - midY,
    );
  }
}
