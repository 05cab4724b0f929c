import { expect, test } from 'vitest';
import { english, indonesian } from './words';

const slots = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();

test('both languages have the same words with the same places in them', () => {
  expect(Object.keys(english).sort()).toEqual(Object.keys(indonesian).sort());
  for (const [key, text] of Object.entries(indonesian)) {
    expect([key, slots(english[key] ?? '')]).toEqual([key, slots(text)]);
    expect([key, (english[key] ?? '').trim()]).not.toEqual([key, '']);
    expect([key, text.trim()]).not.toEqual([key, '']);
  }
});
