import { expect, it, vi } from 'vitest';
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

it('keeps one key for the same words, however often they are tried, and a new one for others', () => {
  const first = drafts.keyOf('report k', 'Mohon ditunggu');
  expect(first).toMatch(
    /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  drafts.keep('report k', 'Mohon ditunggu');
  expect(drafts.keyOf('report k', 'Mohon ditunggu')).toBe(first);
  const other = drafts.keyOf('report k', 'Mohon ditunggu, Pak');
  expect(other).not.toBe(first);
  drafts.keep('report k', '');
  expect(drafts.keyOf('report k', 'Mohon ditunggu')).not.toBe(first);
});

it('is one for several windows: what is typed or sent in one is so in the other', async () => {
  const stop = drafts.share();
  const heard: string[] = [];
  const deaf = drafts.hear('report w', (text) => heard.push(text));
  const window = new BroadcastChannel('sigap.drafts.');
  const asked = new Promise<unknown>((done) => {
    window.onmessage = ({ data }) => done(data);
  });
  drafts.keep('report v', 'dari sini');
  expect(await asked).toEqual({ all: [['report v', { text: 'dari sini' }]] });
  window.postMessage({ all: [['report w', { text: 'dari sana', key: 'k' }]] });
  await vi.waitFor(() => expect(heard).toEqual(['dari sana']));
  expect(drafts.keyOf('report w', 'dari sana')).toBe('k');
  window.postMessage({ all: [['report w', { text: '' }]] });
  await vi.waitFor(() => expect(heard).toEqual(['dari sana', '']));
  expect(drafts.of('report w')).toBe('');
  deaf();
  window.close();
  stop();
});
