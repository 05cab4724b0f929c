/** What the page knows: who is logged in, what waits, which tab is open. */

import { citizen, type Me, No, type Report } from './api';
import { messages } from './begun';
import { backoffS, type Drained, type Item, Queue } from './queue';
import { shelf } from './shelf';
import { wire } from './wire';

export type Tab = 'report' | 'mine' | 'around';

class App {
  /** `undefined`: not asked yet; `null`: nobody. */
  me = $state<Me | null | undefined>(undefined);
  tab = $state<Tab>('report');
  /** The report that is open in "my reports". */
  open = $state<string | null>(null);
  online = $state(navigator.onLine);
  waiting = $state.raw<readonly Item[]>([]);
  /** How much of the file under way has gone, 0 to 1; none: nothing is under way. */
  share = $state<number | null>(null);
  /** The last report the server took, and how many of its files it did not. */
  taken = $state.raw<Report | null>(null);
  lost = $state(0);
  /** One's own reports as last heard: looked at again without a network. */
  mine = $state.raw<Report[] | null>(null);
  demo = $state(false);
  /** The sign-in sheet is open. */
  entering = $state(false);
  /** Put back into the form to be corrected. */
  draft = $state.raw<Item | null>(null);
  #attempt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  readonly queue = new Queue<Report>(
    shelf(),
    wire((share) => {
      this.share = share;
    }),
    (items) => {
      this.waiting = items;
    },
    (item, report) => {
      if (item.report !== null) return;
      this.taken = report;
      this.lost = item.files.filter((file) => file.refused !== undefined).length;
    },
  );

  async start(): Promise<void> {
    addEventListener('online', () => {
      this.online = true;
      void this.drain();
    });
    addEventListener('offline', () => {
      this.online = false;
    });
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') void this.drain();
    });
    await this.queue.load();
    void citizen
      .city()
      .then((city) => {
        this.demo = city.synthetic;
      })
      .catch(() => undefined);
    await this.look();
    void this.drain();
  }

  /** Asks who is logged in; without a network what was known stays. */
  async look(): Promise<void> {
    try {
      this.me = await citizen.me();
    } catch (error) {
      if (error instanceof No && error.status === 401) this.me = null;
      else this.me ??= undefined;
    }
  }

  entered(me: Me): void {
    this.me = me;
    this.entering = false;
    void this.drain();
  }

  async leave(): Promise<void> {
    await citizen.leave().catch(() => undefined);
    messages.forget();
    this.me = null;
    this.mine = null;
    this.open = null;
  }

  /** Sends what waits; tries again by itself while something is left. */
  async drain(work: Promise<Drained> = this.queue.drain()): Promise<Drained> {
    clearTimeout(this.#timer);
    const stopped = await work;
    this.share = null;
    if (stopped === 'signed_out') this.me = null;
    if (stopped === 'later') {
      this.#timer = setTimeout(() => void this.drain(), backoffS(this.#attempt++) * 1000);
    } else {
      this.#attempt = 0;
    }
    return stopped;
  }
}

export const app = new App();
