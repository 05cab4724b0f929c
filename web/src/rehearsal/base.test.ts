import { expect, test } from 'vitest';
import { commandPath, doorOf, exerciseOf } from './base';

const ID = '019a0000-0000-7000-8000-000000000001';

test('only an address with an id is in an exercise', () => {
  expect(exerciseOf(`/latihan/${ID}/command`)).toBe(ID);
  for (const path of ['/latihan', '/command', '/latihan/x/command'])
    expect(exerciseOf(path)).toBeNull();
});

test('in the office every door is its own', () => {
  expect(doorOf('/v1/queue', 'GET', null)).toBe('/v1/queue');
  expect(commandPath('?peta', null)).toBe('/command?peta');
});

test('in an exercise every door is that of the exercise, but the room and the end of the session', () => {
  expect(doorOf('/v1/queue?x=1', 'GET', ID)).toBe(`/latihan/${ID}/v1/queue?x=1`);
  expect(doorOf('/v1/session', 'GET', ID)).toBe(`/latihan/${ID}/v1/session`);
  expect(doorOf('/v1/session', 'DELETE', ID)).toBe('/v1/session');
  expect(doorOf(`/v1/rehearsals/${ID}`, 'GET', ID)).toBe(`/v1/rehearsals/${ID}`);
  expect(commandPath('?dinding', ID)).toBe(`/latihan/${ID}/command?dinding`);
});
