import { afterEach, expect, test } from 'vitest';
import {
  ASSIGNMENT_STATES,
  BLOCK_STATES,
  CATEGORIES,
  DISPOSITIONS,
  INCIDENT_STATES,
  OUTCOMES,
  ROLES,
  SIGNS,
  UNIT_STATUSES,
} from '../wire';
import '../admin/words';
import '../tablet/words';
import { words as shownEnglish } from './english';
import shared from './id.json';
import { has, lang, t } from './index';
import { words as shown } from './indonesian';
import { english as en, indonesian as id } from './words';

afterEach(() => lang.set('id'));

const slots = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();

test('every Indonesian key exists in English, and no other', () => {
  expect(Object.keys(en).sort()).toEqual(Object.keys(id).sort());
});

test('both languages fill the same places in a sentence', () => {
  const english: Record<string, string> = en;
  for (const [key, text] of Object.entries(id)) {
    expect([key, slots(english[key] ?? '')]).toEqual([key, slots(text)]);
  }
});

test('no file takes the word of another', () => {
  const files = import.meta.glob<Record<string, string>>('./*.id.json', {
    eager: true,
    import: 'default',
  });
  const screens = Object.entries(files).filter(([name]) => name !== './lapor.id.json');
  const keys = [shared, ...screens.map(([, words]) => words)].flatMap((words) =>
    Object.keys(words),
  );
  expect(screens.length).toBeGreaterThan(5);
  expect(keys.filter((key, n) => keys.indexOf(key) !== n)).toEqual([]);
});

test('what the pages load, with what the commander brings along, is the whole list', async () => {
  expect(Object.keys(shown).filter((key) => key.startsWith('cmd.'))).toEqual([]);
  await import('../insight/words');
  expect(shown).toEqual(id);
  expect(shownEnglish).toEqual(en);
});

test('no word is empty', () => {
  for (const words of [id, en]) {
    for (const [key, text] of Object.entries(words))
      expect([key, text.trim()]).not.toEqual([key, '']);
  }
});

test('every code of the wire has a word', () => {
  const codes: Record<string, readonly (string | number)[]> = {
    category: CATEGORIES,
    priority: [1, 2, 3, 4],
    outcome: OUTCOMES,
    disposition: DISPOSITIONS,
    incident_state: INCIDENT_STATES,
    assignment_state: ASSIGNMENT_STATES,
    unit_status: UNIT_STATUSES,
    role: ROLES,
    sign: SIGNS,
    block_state: BLOCK_STATES,
  };
  for (const [family, members] of Object.entries(codes)) {
    for (const code of members)
      expect([`${family}.${code}`, has(`${family}.${code}`)]).toEqual([`${family}.${code}`, true]);
  }
});

test('a switch of language is kept and changes the words', async () => {
  expect(t('queue.count', { n: 3 })).toBe('3 menunggu');
  await lang.set('en');
  expect(t('queue.count', { n: 3 })).toBe('3 waiting');
  expect(localStorage.getItem('sigap.lang')).toBe('en');
});
