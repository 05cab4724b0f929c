/** Sentences of the command center made from wire data: timeline lines, spans, search. */

import { has, lang, t } from '../i18n';
import { clockText } from '../store/clock';
import type { Desk } from '../store/desk';
import type {
  Actor,
  Closure,
  GivesUp,
  Help,
  Id,
  Incident,
  OtherIncident,
  RecommendedUnit,
  Report,
  Shortfall,
  TimelineItem,
  Unit,
} from '../wire';

/** `45 detik`, `12 menit`, `1:05:00`: for ages, not for countdowns. */
export function ageText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 90) return t('app.seconds', { n: whole });
  if (whole < 5400) return t('app.minutes', { n: Math.round(whole / 60) });
  return clockText(whole);
}

/** `3,5 mnt` style travel time: minutes and seconds. */
export const travelText = (seconds: number | null): string =>
  seconds === null ? t('recommend.no_way') : t('recommend.travel', { t: clockText(seconds) });

const unitName = (desk: Desk, id: unknown): string =>
  typeof id === 'string' ? (desk.units.get(id)?.call_sign ?? '') : '';

function unitOf(desk: Desk, data: Record<string, unknown>): string {
  const assignment = desk.assignments.get(String(data.assignment ?? ''));
  return unitName(desk, data.unit) || unitName(desk, assignment?.unit) || t('card.unit');
}

/** `Ditutup: banjir, s.d. 15.30`. */
export function closureText(one: Closure, locale: string): string {
  const clock = (at: string) =>
    new Date(at).toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit' });
  const effect =
    one.factor == null
      ? t('closure.closed')
      : t('closure.slower', { n: one.factor.toLocaleString(locale) });
  const until = one.until_at == null ? '' : `, ${t('closure.until', { t: clock(one.until_at) })}`;
  return `${effect}: ${t(`closure_reason.${one.reason}`)}${until}`;
}

/** The word for a coded value, or the code itself. */
export function coded(family: string, value: unknown): string {
  const key = `${family}.${String(value)}`;
  return has(key) ? t(key) : String(value ?? '');
}

/** A unit was taken away: seen from the incident that lost it, or `about` the one that has it now. */
function preemptedText(data: Record<string, unknown>, desk: Desk, about?: Id): string {
  const unit = unitOf(desk, data);
  const why = data.reason ? ` – ${data.reason}` : '';
  if (about === undefined || data.taken_for !== about) {
    return t('event.assignment_preempted', { unit, why });
  }
  const from = desk.assignments.get(String(data.assignment ?? ''));
  const number = desk.incidents.get(from?.incident ?? '')?.number ?? '…';
  return t('event.assignment_preempted_here', { unit, number, why });
}

/** One entry about help between two Polres. */
function helpEventText(data: Record<string, unknown>): string {
  const what = String(data.what ?? '');
  const number = (data.tie as { number?: string } | undefined)?.number ?? '';
  const reason = String(data.reason ?? '');
  if (what === 'answered') return t(data.yes ? 'event.help_yes' : 'event.help_no', { reason });
  if (what !== 'noted') {
    return t(`event.help_${what}` as 'event.help_asked', { number });
  }
  const news = data.news as Pick<Help, 'state' | 'reason' | 'unit'>;
  const unit = news.unit;
  const state =
    unit === null || news.state !== 'agreed'
      ? t(`help.${news.state}` as 'help.declined', { reason: news.reason ?? '' })
      : `${unit.call_sign} – ${t(`assignment_state.${unit.state}`)}`;
  return t('event.help_noted', { state });
}

/** What taking a unit away gives up. */
export function givesUpText(lost: GivesUp): string {
  const what = t('take.gives_up', {
    number: lost.number,
    category: t(`category.${lost.category}`),
    priority: lost.priority,
  });
  if (lost.next === null) return `${what}: ${t('take.nobody')}.`;
  const unit = lost.next.call_sign;
  const longer = lost.waits_longer_s;
  if (longer === null) return `${what}: ${t('take.next_unknown', { unit })}.`;
  if (longer < 5) return `${what}: ${t('take.next_same', { unit })}.`;
  return `${what}: ${t('take.next', { unit, t: ageText(longer) })}.`;
}

/** What another choice means for another waiting incident. */
export function otherText(other: OtherIncident): string {
  const { number, priority, with_chosen, waits_longer_s } = other;
  if (with_chosen === null) return t('what_if.other_nobody', { number, priority });
  const unit = with_chosen.call_sign;
  if (waits_longer_s === null) return t('what_if.other_served', { number, priority, unit });
  const key = waits_longer_s > 0 ? 'what_if.other_later' : 'what_if.other_sooner';
  return t(key, { number, priority, unit, t: ageText(Math.abs(waits_longer_s)) });
}

/** Why too few units go: by its code; what was recorded before there were codes, in its own words. */
export function shortfallText(short: Shortfall): string {
  const key = `short.${short.code}`;
  return has(key) ? t(key, { ...short.params }) : short.text;
}

/** A shortfall as the journal holds it: in its early days it was a sentence alone. */
const kept = (told: unknown): Shortfall =>
  typeof told === 'string'
    ? { code: 'told', params: { needed: 0, found: 0, declined: 0 }, text: told }
    : (told as Shortfall);

/** One line of a timeline in words. */
export function entryText(item: TimelineItem, desk: Desk, about?: Id): string {
  const data: Record<string, unknown> = item.data ?? {};
  const kind = item.kind ?? 'changed';
  const key = `event.${kind}`;
  if (kind === 'help') return helpEventText(data);
  if (!has(key)) return t('event.other', { kind });
  if (kind === 'assignment_preempted') return preemptedText(data, desk, about);
  if (kind === 'assignment_offered' && data.override_reason) {
    return t('event.assignment_overridden', {
      unit: unitOf(desk, data),
      other: unitName(desk, data.runner_up),
      reason: String(data.override_reason),
    });
  }
  if (kind === 'unit_messaged' && data.side === 'crew') {
    return t('event.unit_messaged_crew', { unit: unitOf(desk, data) });
  }
  if (kind === 'assignment_transferred') {
    return t(key, { unit: unitOf(desk, { assignment: data.to }) });
  }
  const said = t(key, {
    unit: unitOf(desk, data),
    step: coded('step', data.step),
    reason: String(data.reason ?? ''),
    disposition: coded('disposition', data.disposition),
    shortfall: data.shortfall ? shortfallText(kept(data.shortfall)) : '',
    status: coded('delivery', data.status),
  });
  const why = item.kind === 'assignment_stepped' && data.reason ? ` – ${data.reason}` : '';
  return said + why;
}

/** Why a unit costs what it costs, in the language of the screen; unknown codes in the server's words. */
export function reasonText(
  reason: RecommendedUnit['reasons'][number],
  unit: RecommendedUnit,
  taken: number,
): string {
  const alone = reason.code === 'left_waiting' && reason.params?.unit == null;
  const key = alone ? 'reason.left_alone' : `reason.${reason.code}`;
  if (!has(key)) return reason.text;
  return t(key, {
    n: reason.params?.count ?? taken,
    fix: ageText(reason.params?.secs ?? unit.fix_age_s ?? 0),
    travel: clockText(reason.params?.secs ?? unit.travel_time_s ?? 0),
    unit: reason.params?.unit ?? '',
    number: reason.params?.number ?? '',
    t: ageText(reason.params?.secs ?? 0),
  });
}

export function actorText(actor: Actor, desk: Desk, me: Id): string {
  if (actor.type === 'unit') return unitName(desk, actor.id) || t('actor.unit');
  if (actor.type === 'user' && actor.id === me) return t('actor.me');
  return t(`actor.${actor.type}`);
}

/** The words that decided, without those that stand inside a longer one. */
export const telling = (words: readonly string[]): string[] =>
  words.filter(
    (word, index) =>
      words.indexOf(word) === index &&
      !words.some((other) => other !== word && other.includes(word)),
  );

const folded = (text: string): string => text.toLocaleLowerCase('id');

/** Whether every word of `query` is somewhere in `haystack`. */
export function matches(query: string, ...haystack: (string | null | undefined)[]): boolean {
  const text = folded(haystack.filter(Boolean).join(' '));
  return folded(query)
    .split(/\s+/)
    .every((word) => text.includes(word));
}

export const reportMatches = (query: string, report: Report, excerpt: string | undefined) =>
  matches(
    query,
    report.number,
    t(`category.${report.reading.category}`),
    report.place?.label,
    report.jurisdiction?.kelurahan,
    excerpt,
  );

export const incidentMatches = (query: string, incident: Incident) =>
  matches(
    query,
    incident.number,
    t(`category.${incident.category}`),
    t(`incident_state.${incident.state}`),
    incident.place.label,
    incident.jurisdiction?.kelurahan,
  );

export const unitMatches = (query: string, unit: Unit) =>
  matches(
    query,
    unit.call_sign,
    t(`unit_status.${unit.status}`),
    t(`unit_kind.${unit.kind}`),
    unit.polsek,
  );

/** Numbers as the language in use writes them. */
export const figure = (value: number): string => Math.round(value).toLocaleString(lang.locale);
