import { expect, test } from 'vitest';
import { has } from '../i18n';
import { receivedRows } from './reception';

const NOTHING = {
  taken: 0,
  still: 0,
  late: 0,
  coarse: 0,
  jumps: 0,
  old: 0,
  mocked: 0,
  outside: 0,
  no_fix: 0,
  clock_ahead: 0,
};

test('only what happened is told, what was kept out last, each in a word of its own', () => {
  expect(receivedRows(NOTHING)).toEqual([]);
  const some = receivedRows({ ...NOTHING, jumps: 2, taken: 7, clock_ahead: 7 });
  expect(some).toEqual([
    { key: 'taken', count: 7, bad: false },
    { key: 'jump', count: 2, bad: true },
  ]);
  const all = receivedRows(
    Object.fromEntries(Object.keys(NOTHING).map((key) => [key, 1])) as typeof NOTHING,
  );
  expect(all.length).toBe(Object.keys(NOTHING).length - 1);
  for (const { key } of all) expect([key, has(`reception.${key}`)]).toEqual([key, true]);
});
