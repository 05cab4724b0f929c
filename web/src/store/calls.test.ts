import { expect, test } from 'vitest';
import { aCall, anEntry, aSnapshot } from '../testing';
import { abandonedCalls, callsOf, climbsIn, nextCall, waitingCalls } from './calls';
import { applyEntry, fromSnapshot } from './desk';

const at = (second: number) => `2026-11-22T03:00:${String(second).padStart(2, '0')}.000000Z`;
const rang = (id: string, second: number, more = {}) =>
  aCall(id, {
    ...more,
    stamps: { ...aCall(id).stamps, received_at: at(second), rang_at: at(second) },
  });

test('calls that wait stand in the order they came, and the ringing one is next', () => {
  const answered = rang('a', 1, { state: { name: 'answered', by: null } });
  const desk = fromSnapshot(aSnapshot({ calls: [rang('c', 5), answered, rang('b', 3)] }));
  expect(waitingCalls(desk).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  expect(nextCall(desk)?.id).toBe('b');
});

test('a call leaves the waiting ones when somebody takes it, and is his until it is settled', () => {
  const before = fromSnapshot(aSnapshot({ seq: 1, calls: [rang('a', 1)] }));
  const taken = rang('a', 1, { by: 'me', state: { name: 'claimed', by: 'me' } });
  const after = applyEntry(before, anEntry(2, { calls: [taken] }));
  expect(waitingCalls(after)).toEqual([]);
  expect(callsOf(after, 'me')).toEqual([taken]);
  expect(callsOf(after, 'other')).toEqual([]);
  const settled = { ...taken, result: { name: 'diverted' as const } };
  expect(callsOf(applyEntry(after, anEntry(3, { calls: [settled] })), 'me')).toEqual([]);
});

test('an abandoned call is kept until somebody calls back', () => {
  const gone = (id: string, second: number, more = {}) => {
    const call = rang(id, second, { state: { name: 'abandoned' }, ...more });
    return { ...call, stamps: { ...call.stamps, ended_at: at(second + 8) } };
  };
  const desk = fromSnapshot(
    aSnapshot({ calls: [gone('a', 1), gone('b', 9), gone('c', 4, { called_back_by: 'me' })] }),
  );
  expect(abandonedCalls(desk).map(({ id }) => id)).toEqual(['b', 'a']);
  expect(waitingCalls(desk)).toEqual([]);
});

test('the ten seconds begin anew at each level and end at the Polda', () => {
  const now = (second: number) => Date.parse(at(second));
  expect(climbsIn(rang('a', 0), now(4))).toBe(6);
  expect(climbsIn(rang('a', 0), now(15))).toBe(0);
  expect(climbsIn(rang('a', 0, { level: 'polres' }), now(13))).toBe(7);
  expect(climbsIn(rang('a', 0, { level: 'polda' }), now(25))).toBe(0);
});

test('what was set aside rings after everything else, and is never hidden', () => {
  const silent = rang('silent', 1, {
    set_aside: true,
    noise: { score: 75, signs: ['silent'] },
  });
  const desk = fromSnapshot(aSnapshot({ calls: [silent, rang('other', 9)] }));
  expect(waitingCalls(desk).map(({ id }) => id)).toEqual(['other', 'silent']);
  expect(nextCall(desk)?.id).toBe('other');
  expect(nextCall(fromSnapshot(aSnapshot({ calls: [silent] })))?.id).toBe('silent');
});
