import { describe, expect, it } from 'vitest';
import { compareFrom, hoursText, nextFrame, toggled, WHOLE, whenQuery } from './filter';

describe('hours and weekdays', () => {
  it('ask for nothing when all of them count', () => {
    expect(whenQuery(WHOLE)).toEqual({});
    expect(whenQuery({ ...WHOLE, weekdays: [1, 2, 3, 4, 5, 6, 7] })).toEqual({});
  });

  it('are asked for as the server reads them', () => {
    const night = { ...WHOLE, fromHour: 22, toHour: 5, weekdays: [7, 6] };
    expect(whenQuery(night)).toEqual({ hours: '22-5', weekdays: '6,7' });
    expect([hoursText(night), hoursText(WHOLE)]).toEqual(['22.00–05.00', '']);
  });

  it('a weekday pressed twice is as before', () => {
    expect(toggled([1, 3], 2)).toEqual([1, 2, 3]);
    expect(toggled(toggled([1, 3], 2), 2)).toEqual([1, 3]);
  });

  it('the playback goes round the clock in 24 frames', () => {
    let filter = nextFrame(WHOLE);
    const seen = [hoursText(filter)];
    for (let i = 0; i < 24; i += 1) {
      filter = nextFrame(filter);
      seen.push(hoursText(filter));
    }
    expect(seen[0]).toBe('00.00–03.00');
    expect(seen[24]).toBe(seen[0]);
    expect(new Set(seen).size).toBe(24);
    expect(seen[23]).toBe('23.00–02.00');
  });

  it('the time before is as long and ends where this one begins', () => {
    const span = { from: '2026-11-15T00:00:00Z', to: '2026-11-22T00:00:00Z' };
    expect(compareFrom(span)).toBe('2026-11-08T00:00:00Z');
  });
});
