import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { line, typedSomething, unsaved, versionOf, watchForm, watchTyping } from './line.svelte';

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  document.body.innerHTML = '';
});

test('the names of its scripts are the version of a page, in any order', () => {
  const page =
    '<script src="/assets/command-DLcLpEeJ.js"></script><link href="/assets/api-B3Lhs6rJ.js">';
  expect(versionOf(page)).toBe('/assets/api-B3Lhs6rJ.js /assets/command-DLcLpEeJ.js');
  expect(versionOf('<script src="/src/main.ts"></script>')).toBe('');
});

test('a request that hangs is slow until it is answered', async () => {
  let answer = (_: Response) => {};
  const followed = line.follow(new Promise<Response>((done) => (answer = done)));
  vi.advanceTimersByTime(5_900);
  expect(line.slow).toBe(0);
  vi.advanceTimersByTime(200);
  expect(line.slow).toBe(1);
  answer(new Response('{}'));
  await followed;
  expect(line.slow).toBe(0);
});

test('a server out of reach is asked again until it answers', async () => {
  let back = false;
  const fetched = vi.fn(() =>
    back ? Promise.resolve(new Response('ok')) : Promise.reject(new TypeError('away')),
  );
  vi.stubGlobal('fetch', fetched);
  await expect(line.follow(fetched())).rejects.toThrow();
  expect(line.away).toBe(true);
  await vi.advanceTimersByTimeAsync(5_100);
  expect([fetched.mock.calls.length, line.away]).toEqual([2, true]);
  back = true;
  await vi.advanceTimersByTimeAsync(5_100);
  expect(line.away).toBe(false);
});

test('words that were typed keep the page; words that were there before do not', () => {
  const stop = watchTyping();
  document.body.innerHTML = '<textarea>isi lama</textarea><textarea></textarea>';
  const [old, fresh] = [...document.querySelectorAll('textarea')] as [
    HTMLTextAreaElement,
    HTMLTextAreaElement,
  ];
  const comesTo = (field: HTMLElement) =>
    field.dispatchEvent(new FocusEvent('focusin', { bubbles: true }));
  comesTo(old);
  comesTo(fresh);
  expect(typedSomething()).toBe(false);
  fresh.value = 'Unit menuju lokasi';
  expect(typedSomething()).toBe(true);
  const leaving = new Event('beforeunload', { cancelable: true });
  window.dispatchEvent(leaving);
  expect(leaving.defaultPrevented).toBe(true);
  fresh.value = '';
  expect(typedSomething()).toBe(false);
  old.value = 'isi baru';
  expect(typedSomething()).toBe(true);
  stop();
});

test('a form that knows whether it is saved is believed, and its fields are not asked', () => {
  const stopTyping = watchTyping();
  document.body.innerHTML = '<form data-guarded><textarea>lama</textarea></form>';
  const field = document.querySelector('textarea') as HTMLTextAreaElement;
  field.dispatchEvent(new FocusEvent('focusin', { bubbles: true }));
  let dirty = true;
  const stop = watchForm(() => dirty);
  field.value = 'baru';
  expect([unsaved(), typedSomething()]).toEqual([true, true]);
  dirty = false;
  expect([unsaved(), typedSomething()]).toEqual([false, false]);
  dirty = true;
  stop();
  expect(typedSomething()).toBe(false);
  stopTyping();
});
