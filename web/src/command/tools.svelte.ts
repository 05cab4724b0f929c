/**
 * What lies over the panes of the command center, one thing at a time: the command bar, a search for a
 * person, the duty book; and the tools of the map: following a unit, measuring.
 */

import { live } from '../store/live.svelte';
import type { Assignment, Id, LngLat } from '../wire';
import { room } from './room.svelte';

/** A page of the duty book. */
export type DutyPage = 'shift' | 'check' | 'teams';

class Tools {
  /** The command bar is open. */
  bar = $state(false);

  /** What was typed since it was asked for and before it stood: its first letters, and whether Enter followed. */
  ahead = { text: '', enter: false };

  /** Opens the command bar. */
  openBar(): void {
    this.ahead = { text: '', enter: false };
    this.bar = true;
  }

  /** Keeps a key that comes before the bar can take it; whether it did. */
  typeAhead(event: KeyboardEvent): boolean {
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    if (event.key === 'Enter') this.ahead.enter = true;
    else if (event.key === 'Backspace') this.ahead.text = this.ahead.text.slice(0, -1);
    else if (event.key.length === 1) this.ahead.text += event.key;
    else return false;
    return true;
  }
  /** Somebody is looked for; the words typed so far. */
  person = $state<string | null>(null);
  duty = $state<DutyPage | null>(null);
  /** A message to several crews is being written. */
  messaging = $state(false);
  /** A unit's job that is taken back or handed on. */
  unit = $state.raw<{ do: 'recall' | 'hand'; assignment: Assignment; callSign: string } | null>(
    null,
  );
  /** The map keeps this unit in its middle. */
  following = $state<Id | null>(null);
  /** Points of what is being measured; null when nothing is. */
  measuring = $state.raw<readonly LngLat[] | null>(null);

  /** Follows a unit, or lets it go when it is followed already. */
  follow(unit: Id): void {
    this.following = this.following === unit ? null : unit;
    if (this.following !== null) room.show({ kind: 'unit', id: unit });
  }

  /** Begins to measure, or ends it. */
  measure(): void {
    room.drawing = null;
    room.moving = null;
    this.measuring = this.measuring === null ? [] : null;
  }

  /** The unit that would be followed now: the one chosen. */
  get followable(): Id | null {
    const chosen = room.chosen;
    return chosen?.kind === 'unit' && live.desk.units.has(chosen.id) ? chosen.id : null;
  }

  /** Ends the topmost tool; false when there was none. */
  back(): boolean {
    if (this.measuring !== null) this.measuring = null;
    else if (this.following !== null) this.following = null;
    else return false;
    return true;
  }
}

export const tools = new Tools();
