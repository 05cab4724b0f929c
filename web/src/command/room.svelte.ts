/**
 * What the panes of the command center share: what is chosen, what is being moved, the excerpts of
 * the queue, and the actions keys and buttons both call.
 */

import { api, Refused } from '../api';
import { t } from '../i18n';
import type { CityMap } from '../map/map';
import { nextCall } from '../store/calls';
import { live } from '../store/live.svelte';
import { offices } from '../store/offices.svelte';
import { queueOf } from '../store/select';
import { attempt, toasts } from '../store/toasts.svelte';
import type { Drawing, Id, LngLat, RecommendedUnit, Report } from '../wire';
import { focusOf } from './keys';

export type Tab = 'queue' | 'incidents' | 'units';
export type Chosen = { kind: 'report' | 'incident' | 'unit' | 'call'; id: Id };

/** A pin being moved: whose, and where it is now. */
export interface Moving {
  kind: 'report' | 'incident';
  id: Id;
  at: LngLat;
}

/** What the open card offers to the keyboard. */
export interface CardKeys {
  offer?: (rank: number) => void;
  incident?: () => void;
  join?: () => void;
  part?: () => void;
  approve?: () => void;
  reply?: () => void;
  move?: () => void;
  warn?: () => void;
  claim?: () => void;
  release?: () => void;
  /** Settles the report, or closes the incident. */
  end?: () => void;
  hold?: () => void;
  past?: () => void;
  /** Offers the open incident to this unit. */
  send?: (unit: Id, callSign: string) => void;
}

const REFRESH_MS = 300;
const QUEUE_KINDS = /^report_(received|extended|released|reopened|parted|laned)$/;

class Room {
  tab = $state<Tab>('queue');
  chosen = $state.raw<Chosen | null>(null);
  query = $state('');
  help = $state(false);
  entering = $state(false);
  moving = $state.raw<Moving | null>(null);
  /** A place looked at in the search: its circle of uncertainty is drawn. */
  sketched = $state.raw<(LngLat & { radius_m: number }) | null>(null);
  excerpts = $state.raw<ReadonlyMap<Id, string>>(new Map());
  /** Numbers of what waiting reports perhaps tell of again. */
  twins = $state.raw<ReadonlyMap<Id, string>>(new Map());
  /** A unit the pointer rests on in the recommendation: its way is drawn. */
  hinted = $state.raw<RecommendedUnit | null>(null);
  /** A closure being drawn: every click on the map adds a point. */
  drawing = $state.raw<{ kind: Drawing['type']; points: readonly LngLat[] } | null>(null);
  /** The unit whose track is played back over the map. */
  playback = $state<Id | null>(null);
  /** A report that was found and is not on the desk: whoever only looks is shown what the list told. */
  seen = $state.raw<Report | null>(null);
  /** Said to screen readers. */
  announcement = $state('');
  map = $state.raw<CityMap | null>(null);
  /** Set by the call-taking form: a click on the map is the caller's place. */
  placeCall: ((at: LngLat) => void) | null = null;
  /** Set by the lists: ids of the rows as they stand. */
  order: () => Id[] = () => [];
  /** Set by the open card. */
  card: CardKeys = {};
  /** Set while rows are picked: the focus goes to what can be done to them. */
  bulk: (() => void) | undefined;

  #timer: ReturnType<typeof setTimeout> | undefined;

  choose(chosen: Chosen | null): void {
    this.moving = null;
    this.hinted = null;
    this.chosen = chosen;
  }

  /** Chooses and shows it on the map. */
  show(chosen: Chosen): void {
    this.choose(chosen);
    const at = this.placeOf(chosen);
    if (at !== null) this.map?.goTo(at);
  }

  placeOf({ kind, id }: Chosen): LngLat | null {
    if (kind === 'report') return live.desk.reports.get(id)?.place ?? null;
    if (kind === 'incident') return live.desk.incidents.get(id)?.place ?? null;
    if (kind === 'call') return live.desk.calls.get(id)?.place ?? null;
    return this.map?.units?.where(id) ?? null;
  }

  /** Takes the head of the queue, whoever is first. */
  async next(): Promise<void> {
    await attempt(async () => {
      const detail = await api.queue.next().catch((error) => {
        if (error instanceof Refused && error.problem.code === 'nothing_waiting') return null;
        throw error;
      });
      if (detail === null) {
        toasts.say(t('queue.empty'));
        return;
      }
      this.tab = 'queue';
      this.show({ kind: 'report', id: detail.report.id });
    });
  }

  /** Takes a call; of two who try at once one hears that he was too late. */
  async takeCall(id: Id): Promise<void> {
    await attempt(async () => {
      await api.calls.claim(id);
      this.show({ kind: 'call', id });
    });
  }

  /** Takes the call that has rung longest. */
  async nextCall(): Promise<void> {
    const call = nextCall(live.desk);
    if (call === null) toasts.say(t('call.none'));
    else await this.takeCall(call.id);
  }

  /** Puts the pin that is being moved where it is now. */
  async place(at: LngLat): Promise<void> {
    const moving = this.moving;
    if (moving === null) return;
    this.moving = { ...moving, at };
    const door = moving.kind === 'report' ? api.reports : api.incidents;
    const done = await attempt(
      () => door.correct(moving.id, { lng: at.lng, lat: at.lat }),
      t('place.moved'),
    );
    if (done) this.moving = null;
  }

  /** Takes back the last point of the closure that is drawn; without one, the drawing ends. */
  undraw(): void {
    const drawn = this.drawing;
    if (drawn === null) return;
    this.drawing =
      drawn.points.length === 0 ? null : { ...drawn, points: drawn.points.slice(0, -1) };
  }

  /** Begins moving a pin, from where it is or the middle of the map. */
  startMoving(kind: 'report' | 'incident', id: Id, from: LngLat | null): void {
    const middle = this.map?.map.getCenter();
    const at = from ?? (middle === undefined ? null : { lng: middle.lng, lat: middle.lat });
    if (at === null) return;
    this.moving = { kind, id, at: { lng: at.lng, lat: at.lat } };
  }

  /** Hears entries: excerpts of new reports, the announcement, the panic button. */
  listen(): () => void {
    this.#refresh();
    return live.onEntry((frame) => {
      const kind = frame.kind ?? '';
      if (QUEUE_KINDS.test(kind)) this.#refreshSoon();
      const [report] = frame.changed.reports;
      if (kind === 'report_received' && report !== undefined) this.#announce(report);
      const wanted = frame.changed.incidents.find((one) => one.helps?.state === 'asked');
      if (kind === 'help' && wanted?.helps && (frame.data as { what?: string }).what === 'wanted') {
        const { number, polres } = wanted.helps;
        void offices.load().then(() => {
          toasts.say(t('help.alarm', { polres: offices.nameOf(polres), number }), 'bad');
        });
      }
      const alarmed = frame.changed.units.find((unit) => unit.emergency);
      if (alarmed !== undefined && kind === 'unit_emergency') {
        this.#alarm(alarmed.id, t('unit.emergency_alarm', { unit: alarmed.call_sign }));
      }
    });
  }

  /** Opens the unit in need; over somebody who writes it is said, and words and form are left to him. */
  #alarm(unit: Id, words: string): void {
    const see = () => this.show({ kind: 'unit', id: unit });
    if (writing()) toasts.point(words, see);
    else {
      toasts.say(words, 'bad');
      see();
    }
  }

  #announce(report: Report): void {
    this.announcement = t('queue.arrived', {
      number: report.number,
      category: t(`category.${report.reading.category}`),
      priority: t(`priority.${report.reading.priority}`),
    });
  }

  #refreshSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#refresh(), REFRESH_MS);
  }

  async #refresh(): Promise<void> {
    const answer = await api.queue.list().catch(() => null);
    if (answer === null) return;
    this.excerpts = new Map(
      answer.items.flatMap(({ report, excerpt }) =>
        excerpt === null ? [] : [[report.id, excerpt] as const],
      ),
    );
    this.twins = new Map(
      answer.items.flatMap(({ report, possible_duplicate }) =>
        possible_duplicate === null ? [] : [[report.id, possible_duplicate.number] as const],
      ),
    );
  }

  /** The queue as shown, for stepping through it. */
  queue(): Report[] {
    return queueOf(live.desk);
  }
}

/** Somebody is in a field or a dialog of this page. */
const writing = (): boolean =>
  document.querySelector('dialog[open]') !== null || focusOf(document.activeElement) === 'field';

export const room = new Room();

/** Whether this person works the queue; everybody else looks, and is offered no act. */
export const mayAct = (): boolean =>
  live.me !== null && (live.me.role === 'operator' || live.me.role === 'supervisor');
