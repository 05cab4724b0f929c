import { afterEach, expect, test, vi } from 'vitest';
import { api, Refused } from '../api';
import { list } from './doors';
import { opened } from './opened.svelte';

afterEach(() => {
  vi.restoreAllMocks();
  opened.close();
});

const refused = (status: number, code: string) =>
  vi
    .spyOn(api, 'insight')
    .mockRejectedValue(new Refused({ status, code, title: '', detail: '', field: null }));

test.each([
  [403, 'too_few', 'few'],
  [403, 'forbidden', 'closed'],
  [503, 'away', 'failed'],
] as const)('a list refused with %i %s is said to be: %s', async (status, code, trouble) => {
  refused(status, code);
  await opened.open(list('x', 'reports', {}));
  expect(opened.trouble).toBe(trouble);
  await opened.show('00000000-0000-7000-8000-000000000001');
  expect(opened.entriesTrouble).toBe(trouble);
});
