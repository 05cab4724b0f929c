import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { begun } from './begun';

beforeEach(() => localStorage.clear());
afterEach(() => vi.unstubAllGlobals());

test('what was begun is there after a reload, until it is sent', () => {
  begun('note.').keep('a', 'Saksi: pemilik warung');
  expect(begun('note.').of('a')).toBe('Saksi: pemilik warung');
  expect(begun('note.').of('b')).toBe('');
  begun('note.').keep('a', '');
  expect(localStorage).toHaveLength(0);
});

test('one kind is forgotten and the others stay', () => {
  begun('note.').keep('a', 'satu');
  begun('answer.').keep('a', 'dua');
  begun('note.').forget();
  expect([begun('note.').of('a'), begun('answer.').of('a')]).toEqual(['', 'dua']);
});

test('a browser that forbids storage keeps nothing and says nothing', () => {
  const forbidden = () => {
    throw new Error('forbidden');
  };
  vi.stubGlobal('localStorage', { getItem: forbidden, setItem: forbidden, removeItem: forbidden });
  begun('note.').keep('a', 'satu');
  begun('note.').forget();
  expect(begun('note.').of('a')).toBe('');
});
