import { expect, it } from 'vitest';
import { drafts } from './drafts';

it('keeps what was typed until it is sent', () => {
  expect(drafts.of('report r')).toBe('');
  drafts.keep('report r', 'Mohon ditunggu');
  expect(drafts.of('report r')).toBe('Mohon ditunggu');
  expect(drafts.of('report s')).toBe('');
  drafts.keep('report r', '');
  expect(drafts.of('report r')).toBe('');
  drafts.keep(undefined, 'nowhere');
  expect(drafts.of(undefined)).toBe('');
});
