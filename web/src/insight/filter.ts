/** What of a stretch of time the map shows: hours, weekdays, measure, comparison. Pure. */

export const MEASURES = ['count', 'rate', 'response'] as const;
export type Measure = (typeof MEASURES)[number];

/** 1 Monday to 7 Sunday. */
export const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7] as const;

export interface Filter {
  measure: Measure;
  /** From this hour of the day, 0 to 23 … */
  fromHour: number;
  /** … to before this one; the same hour is the whole day. */
  toHour: number;
  /** None chosen is all of them. */
  weekdays: readonly number[];
  /** Compare with the time of the same length before. */
  compare: boolean;
}

export const WHOLE: Filter = {
  measure: 'count',
  fromHour: 0,
  toHour: 0,
  weekdays: [],
  compare: false,
};

/** Hours of one frame of the playback: one hour is too few reports to show any cell. */
export const FRAME_H = 3;

/** The query of the hours and weekdays; empty when all count. */
export function whenQuery(filter: Filter): { hours?: string; weekdays?: string } {
  const { fromHour, toHour, weekdays } = filter;
  return {
    ...(fromHour === toHour ? {} : { hours: `${fromHour}-${toHour}` }),
    ...(weekdays.length === 0 || weekdays.length === 7
      ? {}
      : { weekdays: [...weekdays].sort().join(',') }),
  };
}

/** Where the time of the same length before begins. */
export function compareFrom(span: { from: string; to: string }): string {
  const from = Date.parse(span.from);
  return new Date(from - (Date.parse(span.to) - from)).toISOString().replace('.000Z', 'Z');
}

/** The next frame of the playback: one hour further, round the clock. */
export function nextFrame(filter: Filter): Filter {
  const start = filter.fromHour === filter.toHour ? 0 : (filter.fromHour + 1) % 24;
  return { ...filter, fromHour: start, toHour: (start + FRAME_H) % 24 };
}

/** "22.00–05.00"; the whole day is empty. */
export function hoursText(filter: Filter): string {
  if (filter.fromHour === filter.toHour) return '';
  const two = (hour: number) => String(hour).padStart(2, '0');
  return `${two(filter.fromHour)}.00–${two(filter.toHour)}.00`;
}

/** A weekday added, or taken away when it was chosen. */
export function toggled(weekdays: readonly number[], day: number): number[] {
  return weekdays.includes(day) ? weekdays.filter((one) => one !== day) : [...weekdays, day].sort();
}
