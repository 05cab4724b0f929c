/**
 * What opens a figure: every number of the commander's room leads to the lines it is counted from. Enters: which
 * figure, of what stretch of time and part. Leaves: the lists to open, and how the number follows from them. Pure.
 */

import { t } from '../i18n';
import type { Act, Figure, KeyFigure, OperatorLoad } from './wire';

export type Query = Record<string, string | number>;

/** One list of lines. */
export interface Part {
  label: string;
  figure: Figure;
  query: Query;
}

/**
 * How the number follows from the lists: it is how many lines the list `of` has, the share `of` has of `whole`, the
 * time of its first line in seconds, the hours of all its lines together, or how many more `of` has than `whole`.
 */
export type Means =
  | { kind: 'count'; of: number; value: number }
  | { kind: 'share'; of: number; whole: number; value: number }
  | { kind: 'seconds'; of: number; value: number }
  | { kind: 'hours'; of: number; value: number }
  | { kind: 'change'; of: number; whole: number; value: number }
  | { kind: 'list' };

/** What somebody asks to see. */
export type Asked =
  | { title: string; parts: readonly Part[]; shown: number; means: Means }
  | { title: string; act: Act; operator: string; query: Query; means: Means };

/** What a figure is called. */
export const nameOf = (figure: Figure): string => t(`cmd.fig_${figure}`);

const part = (figure: Figure, query: Query): Part => ({ label: nameOf(figure), figure, query });

/** Of whom: a Polsek, a crew. */
const titled = (name: string, of?: string) =>
  of === undefined || of === '' ? name : `${name} · ${of}`;

/** A number of lines. */
export function count(figure: Figure, query: Query, value: number, of?: string): Asked {
  const means: Means = { kind: 'count', of: 0, value };
  return { title: titled(nameOf(figure), of), parts: [part(figure, query)], shown: 0, means };
}

/** What is left of the whole: shown first, because it is what went wrong. */
const REST: Partial<Record<Figure, readonly Figure[]>> = {
  within: ['late'],
  in_turn: ['overtaking'],
  calls_within: ['calls_late', 'calls_missed'],
};

/** A share: its part, the rest and the whole, side by side. */
export function share(
  figure: Figure,
  whole: Figure,
  query: Query,
  value: number,
  of?: string,
): Asked {
  const rest = REST[figure] ?? [];
  const parts = [...rest, figure, whole].map((one) => part(one, query));
  const means: Means = { kind: 'share', of: rest.length, whole: rest.length + 1, value };
  return { title: titled(nameOf(figure), of), parts, shown: 0, means };
}

/** A time, seconds: the lines from it on, and beside them all that were measured. */
export function seconds(
  figure: Figure,
  whole: Figure | null,
  query: Query,
  value: number,
  of?: string,
): Asked {
  const parts = [part(figure, query), ...(whole === null ? [] : [part(whole, query)])];
  return {
    title: titled(nameOf(figure), of),
    parts,
    shown: 0,
    means: { kind: 'seconds', of: 0, value },
  };
}

/** Hours of work, all lines together. */
export function hours(figure: Figure, query: Query, value: number, of?: string): Asked {
  const means: Means = { kind: 'hours', of: 0, value };
  return { title: titled(nameOf(figure), of), parts: [part(figure, query)], shown: 0, means };
}

/** A number that is reckoned from these lines in a way of its own. */
export function list(title: string, figure: Figure, query: Query): Asked {
  return { title, parts: [part(figure, query)], shown: 0, means: { kind: 'list' } };
}

/** Two times side by side: how many more or fewer there are. */
export function change(figure: Figure, query: Query, before: Query, value: number): Asked {
  const parts = [
    { label: t('cmd.cell_now'), figure, query },
    { label: t('cmd.cell_earlier'), figure, query: before },
  ];
  return {
    title: nameOf(figure),
    parts,
    shown: 0,
    means: { kind: 'change', of: 0, whole: 1, value },
  };
}

/** One of the ten figures, of a stretch of time. */
export function key(figure: KeyFigure, value: number, query: Query): Asked {
  if (figure.unit === 'seconds') return seconds(figure.behind, 'reached', query, value);
  if (figure.of !== null) return share(figure.behind, figure.of, query, value);
  return count(figure.behind, query, value);
}

/** What an operator did. */
export function deed(one: OperatorLoad, act: Act, query: Query, value: number): Asked {
  const title = `${one.name} · ${t(`cmd.act_${act}`)}`;
  return { title, act, operator: one.user, query, means: { kind: 'count', of: 0, value } };
}

/** The reports an operator took in his busiest hour: that hour, as far as it lies in the time that is looked at. */
export function busiest(one: OperatorLoad, query: Query): Asked {
  const began = Date.parse(one.busiest_at ?? '');
  const text = (ms: number) => new Date(ms).toISOString();
  const from = Math.max(began, Date.parse(String(query.from)));
  const to = Math.min(began + 3_600_000, Date.parse(String(query.to)));
  const asked = deed(one, 'took', { ...query, from: text(from), to: text(to) }, one.busiest_hour);
  return { ...asked, title: `${one.name} · ${t('cmd.busiest')}` };
}
