import { expect, test } from 'vitest';
import { best, isPhone, marked, score } from './find';

test('every word must be somewhere, and the title counts most', () => {
  expect(score('samapta 7', 'Samapta-07', 'Siap')).toBeNull();
  expect(score('samapta 07', 'Samapta-07', 'Siap')).not.toBeNull();
  expect(score('melati', 'Jl. Melati Raya')).toBeGreaterThan(
    score('melati', 'Laka', 'Melati') ?? 0,
  );
  expect(score('mel', 'Jl. Melati')).toBeGreaterThan(score('ela', 'Jl. Melati') ?? 0);
  expect(score('la', 'Jl. Melati')).toBeNull();
  expect(score('', 'apa saja')).toBe(0);
});

test('accents and capitals do not matter', () => {
  expect(score('semarang', 'Sémarang')).not.toBeNull();
});

test('the best come first, what fits equally well in its order', () => {
  const names = ['Sabhara-12', 'Sabhara-02', 'Lantas-02', 'Sabhara-20'];
  expect(best('sabhara 02', names, (name) => [name, ''], 3)).toEqual(['Sabhara-02']);
  expect(best('sab', names, (name) => [name, ''], 2)).toEqual(['Sabhara-12', 'Sabhara-02']);
});

test('what was found is marked in the text', () => {
  const parts = marked('motor curi', 'Motor saya dicuri, curian');
  expect(parts.filter(({ hit }) => hit).map(({ text }) => text)).toEqual(['Motor', 'curian']);
  expect(parts.map(({ text }) => text).join('')).toBe('Motor saya dicuri, curian');
});

test('a number is told from words', () => {
  expect(isPhone('0812-3456-7890')).toBe(true);
  expect(isPhone('+62 812 3456 7890')).toBe(true);
  expect(isPhone('MDN-20261121-0042')).toBe(false);
  expect(isPhone('0042')).toBe(false);
});
