import { expect, test } from 'vitest';
import { instantOf, localOf, shareOf, timeOf, toneOf, wordOf } from './room';

test('a share is whole percent, and nothing of nothing is none', () => {
  expect([shareOf({ good: 2, of: 3 }), shareOf({ good: 0, of: 0 })]).toEqual([67, null]);
  expect([100, 90, 89, 70, 69, null].map(toneOf)).toEqual([
    'good',
    'good',
    'warn',
    'warn',
    'bad',
    'none',
  ]);
});

test('codes are said in words where they are codes', () => {
  expect(wordOf('category', 'kejahatan')).not.toBe('kejahatan');
  expect(wordOf('recommended', 'Sabhara-07')).toBe('Sabhara-07');
  expect(wordOf('priority', null)).toBe('');
  expect([timeOf(41), timeOf(null)]).toEqual(['0:41', '']);
});

test('the hour of the form is the hour of the office', () => {
  expect(instantOf('2026-11-22T10:00', 7)).toBe('2026-11-22T03:00:00.000Z');
  expect(instantOf('', 7)).toBeNull();
  expect(localOf(Date.parse('2026-11-22T03:00:00Z'), 7)).toBe('2026-11-22T10:00');
});
