import { afterEach, expect, test, vi } from 'vitest';
import { hush, say, spelledOut } from './speech';

afterEach(() => vi.unstubAllGlobals());

test('abbreviations of places are read in full, and nothing else is', () => {
  expect(spelledOut('Jl. Gatot Subroto gg. Kelapa')).toBe('Jalan Gatot Subroto Gang Kelapa');
  expect(spelledOut('Kel. Sei Agul, Kec. Medan Barat')).toBe(
    'Kelurahan Sei Agul, Kecamatan Medan Barat',
  );
  expect(spelledOut('Pajak Kelapa')).toBe('Pajak Kelapa');
});

test('the latest sentence is said in its language, instead of the one before', () => {
  const heard: string[] = [];
  class Words {
    lang = '';
    constructor(readonly text: string) {}
  }
  vi.stubGlobal('SpeechSynthesisUtterance', Words);
  vi.stubGlobal('speechSynthesis', {
    speak: (words: Words) => heard.push(`${words.lang}: ${words.text}`),
    cancel: () => heard.push('-'),
  });
  say('Penugasan baru. Jl. Merdeka', 'id-ID');
  hush();
  expect(heard).toEqual(['-', 'id-ID: Penugasan baru. Jalan Merdeka', '-']);
});

test('a device without a voice stays silent', () => {
  vi.stubGlobal('speechSynthesis', undefined);
  expect(() => {
    say('Penugasan baru', 'id-ID');
    hush();
  }).not.toThrow();
});
