import { expect, it } from 'vitest';
import { Attempts } from './attempts';

it('tries the same words under one key, other words and the next message under others', () => {
  let made = 0;
  const attempts = new Attempts(() => `k${++made}`);
  expect(attempts.keyFor('Merapat ke simpang')).toBe('k1');
  expect(attempts.keyFor('Merapat ke simpang')).toBe('k1');
  expect(attempts.keyFor('Merapat ke simpang empat')).toBe('k2');
  attempts.sent();
  expect(attempts.keyFor('Merapat ke simpang empat')).toBe('k3');
});
