/**
 * Messages of the desk on this tablet: fetched when their ids are heard, shown until they are read, announced
 * once however often the connection comes back or the page is loaded again.
 */

import { api } from '../api';
import { live } from '../store/live.svelte';
import type { Id, UnitMessage } from '../wire';
import { announced } from './announced';
import { duty } from './duty.svelte';
import { readHere } from './pending';
import { said } from './said.svelte';

const AGAIN_MS = 3_000;

/** In the order they were sent. */
const bySent = (a: UnitMessage, b: UnitMessage): number =>
  a.sent_at < b.sent_at ? -1 : a.sent_at > b.sent_at ? 1 : 0;

class Talk {
  #loading = false;
  #retry: ReturnType<typeof setTimeout> | undefined;
  /** Acknowledged on this connection already. */
  #told = new Set<Id>();

  /** Everything of the last day with this crew, the words that are here. */
  readonly all = $derived.by((): UnitMessage[] => {
    const unit = duty.unit?.id;
    return [...live.desk.messages.values()].filter((one) => one.unit === unit).sort(bySent);
  });

  /** What the crew has yet to read: what is urgent, then the rest, the eldest first. */
  readonly unread = $derived.by((): UnitMessage[] => {
    const read = readHere(duty.pending);
    const waits = (one: UnitMessage) =>
      one.side === 'desk' &&
      one.read_at === null &&
      !read.has(one.id) &&
      (said.words.get(one.id)?.text ?? '') !== '';
    const unread = this.all.filter(waits);
    return [...unread.filter((one) => one.urgent), ...unread.filter((one) => !one.urgent)];
  });

  /** Rings until it is read. */
  readonly urgent = $derived(this.unread.some((one) => one.urgent));

  /** Fetches what was heard of, and tells the server what is here. */
  sync(): void {
    if (live.connection !== 'live') {
      this.#told.clear();
      return;
    }
    if (this.all.some((one) => !said.words.has(one.id))) void this.#load();
    const got = this.all
      .filter((one) => one.side === 'desk' && one.arrived_at === null && said.words.has(one.id))
      .map((one) => one.id)
      .filter((id) => !this.#told.has(id));
    if (got.length > 0 && live.socket?.got(got)) for (const id of got) this.#told.add(id);
  }

  /** What is new here and was not announced yet; each is given once. */
  fresh(): UnitMessage[] {
    return announced.fresh(this.unread);
  }

  read(message: Id): void {
    const unit = duty.unit?.id;
    if (unit !== undefined) duty.queue({ kind: 'read', unit, message });
  }

  /** Writes to the desk; `answers` counts as read with it. */
  reply(text: string, answers: Id | null): void {
    const unit = duty.unit?.id;
    if (unit !== undefined) duty.queue({ kind: 'reply', unit, text, answers });
  }

  async #load(): Promise<void> {
    const unit = duty.unit?.id;
    if (this.#loading || unit === undefined) return;
    this.#loading = true;
    const asked = this.all.map(({ id }) => id);
    clearTimeout(this.#retry);
    try {
      const { items } = await api.units.messages(unit);
      // What the server has no words for any more is not asked for again.
      said.put(asked.filter((id) => !said.words.has(id)).map((id) => [id, { text: '', by: null }]));
      said.put(
        items.map(({ message, text, by_name }) => [message.id, { text: text ?? '', by: by_name }]),
      );
    } catch {
      this.#retry = setTimeout(() => this.sync(), AGAIN_MS);
      return;
    } finally {
      this.#loading = false;
    }
    this.sync();
  }
}

export const talk = new Talk();
