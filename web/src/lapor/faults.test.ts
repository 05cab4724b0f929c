import { expect, test } from 'vitest';
import { faultWord } from './faults';

const word = (status: number | null, code = '', field = '') => faultWord({ status, code, field });

test('a refusal is told by its code, the field it is about, or its status', () => {
  expect(word(null)).toBe('offline');
  expect(word(403, 'blocked')).toBe('fault.blocked');
  expect(word(409, 'wrong_state')).toBe('fault.wrong_state');
  expect(word(415, 'kind', 'file')).toBe('fault.kind');
  expect(word(422, 'invalid', 'text')).toBe('fault.text');
  expect(word(422, 'invalid', 'lng')).toBe('fault.place');
  expect(word(422, 'empty', 'file')).toBe('fault.broken');
  expect(word(401, 'unauthorized')).toBe('fault.signed_out');
  expect(word(404, 'not_found')).toBe('fault.missing');
  expect(word(413, 'anything')).toBe('fault.too_large');
});

test('what is not known is told in plain words all the same', () => {
  expect(word(503, 'storage_away')).toBe('fault.server');
  expect(word(418, 'teapot', 'spout')).toBe('fault.unknown');
});
