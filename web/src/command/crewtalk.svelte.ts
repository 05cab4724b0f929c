/**
 * The words of messages with crews and of notes, fetched when somebody looks; and the answers of crews, said
 * to whoever works the desk as they come. Ids come over the socket, words only when they are asked for.
 */

import { api } from '../api';
import { t } from '../i18n';
import { live } from '../store/live.svelte';
import { toasts } from '../store/toasts.svelte';
import type { Id, UnitMessage, Written } from '../wire';
import { mayAct } from './room.svelte';

export interface Words {
  text: string | null;
  by: string | null;
}

/** Answers within this time are told together, ms; up to so many are told one by one. */
const TOGETHER_MS = 400;
const ONE_BY_ONE = 2;
/** Units named in one notice. */
const NAMED = 6;

class CrewTalk {
  #heard: UnitMessage[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  words = $state.raw<ReadonlyMap<Id, Words>>(new Map());

  /** Fetches the words of the last day with a unit. */
  async ofUnit(unit: Id): Promise<void> {
    const { items } = await api.units.messages(unit);
    this.#put(items.map(({ message, text, by_name }) => [message.id, { text, by: by_name }]));
  }

  /** Fetches what was written about an incident. */
  async ofIncident(incident: Id): Promise<Written[]> {
    return this.took(await api.incidents.notes(incident));
  }

  /** Takes in what an answer tells. */
  took({ items }: { items: Written[] }): Written[] {
    this.#put(items.map(({ id, text, by_name }) => [id, { text, by: by_name }]));
    return items;
  }

  /** Messages with a unit as the desk knows them, in the order they were sent. */
  with(unit: Id): UnitMessage[] {
    return [...live.desk.messages.values()]
      .filter((one) => one.unit === unit)
      .sort((a, b) => (a.sent_at < b.sent_at ? -1 : a.sent_at > b.sent_at ? 1 : 0));
  }

  /** Says answers as they come; the answer stops it. */
  start(): () => void {
    return live.onEntry((frame) => {
      if (!mayAct()) return;
      for (const message of frame.changed.messages)
        if (message.side === 'crew' && message.sent_at === frame.at) this.#hear(message);
    });
  }

  /** Forty crews answer at once: what comes together is told together. */
  #hear(message: UnitMessage): void {
    this.#heard.push(message);
    this.#timer ??= setTimeout(() => {
      const heard = this.#heard;
      [this.#heard, this.#timer] = [[], undefined];
      if (heard.length <= ONE_BY_ONE) for (const one of heard) void this.#tell(one);
      else toasts.say(t('talk.answered_many', { n: heard.length, units: this.#names(heard) }));
    }, TOGETHER_MS);
  }

  #names(messages: readonly UnitMessage[]): string {
    const names = messages.map(({ unit }) => live.desk.units.get(unit)?.call_sign ?? '');
    return [...new Set(names)].sort().slice(0, NAMED).join(', ');
  }

  async #tell(message: UnitMessage): Promise<void> {
    const unit = live.desk.units.get(message.unit)?.call_sign ?? t('card.unit');
    await this.ofUnit(message.unit).catch(() => undefined);
    const text = this.words.get(message.id)?.text ?? null;
    toasts.say(
      text === null ? t('talk.answered_unknown', { unit }) : t('talk.answered', { unit, text }),
    );
  }

  #put(more: readonly (readonly [Id, Words])[]): void {
    this.words = new Map([...this.words, ...more]);
  }
}

export const crewTalk = new CrewTalk();
