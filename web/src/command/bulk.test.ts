import { describe, expect, it } from 'vitest';
import { anIncident, aReport } from '../testing';
import { each, incidentWhyNot, reportWhyNot } from './bulk';
import { ranged, toggled } from './pick';

const me = { id: 'me', supervises: false };
const boss = { id: 'boss', supervises: true };
const held = aReport('r', { state: { name: 'claimed', by: 'other' } }, 3);

describe('which rows an act is for', () => {
  it('leaves alone what has ended or is an incident', () => {
    const ended = aReport('r', { state: { name: 'closed', outcome: 'answered' } });
    const attached = aReport('r', { state: { name: 'attached', incident: 'i' } });
    expect(reportWhyNot('close', ended, me)).toBe('ended');
    expect(reportWhyNot('join', attached, me)).toBe('attached');
  });

  it('leaves alone what another operator holds, unless a supervisor gives it back', () => {
    expect(reportWhyNot('close', held, me)).toBe('held');
    expect(reportWhyNot('release', held, me)).toBe('held');
    expect(reportWhyNot('release', held, boss)).toBeNull();
    expect(reportWhyNot('release', aReport('r', { state: { name: 'queued' } }), me)).toBe('free');
  });

  it('sets nothing urgent aside', () => {
    expect(reportWhyNot('aside', aReport('r', { state: { name: 'queued' } }, 2), me)).toBe(
      'urgent',
    );
    expect(reportWhyNot('aside', aReport('r', { state: { name: 'queued' } }, 3), me)).toBeNull();
    expect(
      reportWhyNot('aside', aReport('r', { state: { name: 'queued' }, lane: 'guarded' }, 3), me),
    ).toBe('guarded');
    expect(reportWhyNot('back', aReport('r', { state: { name: 'queued' } }, 3), me)).toBe(
      'already',
    );
  });

  it('holds and resumes incidents by their state', () => {
    expect(incidentWhyNot('hold', anIncident('i', { state: 'held' }))).toBe('already');
    expect(incidentWhyNot('resume', anIncident('i', { state: 'held' }))).toBeNull();
    expect(incidentWhyNot('close_incident', anIncident('i', { state: 'closed' }))).toBe('ended');
  });
});

it('does each row once and a few at a time', async () => {
  const rows = Array.from({ length: 40 }, (_, n) => n);
  const seen: number[] = [];
  let busy = 0;
  let most = 0;
  let told = 0;
  await each(
    rows,
    async (row) => {
      most = Math.max(most, ++busy);
      await Promise.resolve();
      seen.push(row);
      busy--;
    },
    () => told++,
  );
  expect([...seen].sort((a, b) => a - b)).toEqual(rows);
  expect(told).toBe(40);
  expect(most).toBeLessThanOrEqual(6);
});

it('picks rows one by one and from one to another', () => {
  const order = ['a', 'b', 'c', 'd'];
  expect([...toggled(new Set(['a']), 'a')]).toEqual([]);
  expect([...toggled(new Set(['a']), 'b')]).toEqual(['a', 'b']);
  expect([...ranged(new Set(['a']), order, 'b', 'd')].sort()).toEqual(order);
  expect([...ranged(new Set(), order, 'd', 'c')].sort()).toEqual(['c', 'd']);
  expect([...ranged(new Set(), order, 'gone', 'c')]).toEqual(['c']);
  expect([...ranged(new Set(), order, null, 'c')]).toEqual(['c']);
});
