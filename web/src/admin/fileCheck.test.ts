import { expect, test } from 'vitest';
import { codesOf, FileCheck } from './fileCheck.svelte';

test('an answer about an older file is thrown away', async () => {
  const answers: ((text: string) => void)[] = [];
  const check = new FileCheck<string>(() => new Promise((done) => answers.push(done)));
  const first = check.look();
  const second = check.look();
  answers[1]?.('the second file');
  await second;
  answers[0]?.('the first file');
  await first;
  expect([check.report, check.busy]).toEqual(['the second file', false]);
});

test('what was looked at is gone when the file cannot be looked at again', async () => {
  let away = false;
  const check = new FileCheck<string>((apply) =>
    away ? Promise.reject(new Error('away')) : Promise.resolve(apply ? 'taken' : 'found'),
  );
  await check.look();
  expect(check.report).toBe('found');
  away = true;
  expect(await check.apply('')).toBe(false);
  await check.look();
  expect([check.report, check.busy]).toEqual([null, false]);
});

test('codes stand between commas, semicolons, blanks', () => {
  expect(codesOf(' 12.71, 12.72;12.73\n')).toEqual(['12.71', '12.72', '12.73']);
  expect(codesOf('')).toEqual([]);
});
