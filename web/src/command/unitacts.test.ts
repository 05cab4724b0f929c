import { describe, expect, it } from 'vitest';
import { anAssignment, anIncident, aUnit } from '../testing';
import { actsOf, calledSo, parsed } from './unitacts';

it('reads a verb in front of a call sign', () => {
  expect(parsed('kirim sabhara 07')).toEqual({ verb: 'offer', rest: 'sabhara 07' });
  expect(parsed('Tarik S-1')).toEqual({ verb: 'recall', rest: 'S-1' });
  expect(parsed('sabhara 07')).toEqual({ verb: null, rest: 'sabhara 07' });
  expect(parsed('  ')).toEqual({ verb: null, rest: '' });
});

it('knows a call sign however it is written', () => {
  const units = ['Sabhara-07', 'Sabhara-071', 'Lantas-07'].map((call_sign, n) =>
    aUnit(String(n), { call_sign }),
  );
  expect(calledSo('sabhara 07', units, 5).map(({ call_sign }) => call_sign)).toEqual([
    'Sabhara-07',
    'Sabhara-071',
  ]);
  expect(calledSo('SABHARA07', units, 1)).toHaveLength(1);
  expect(calledSo('-', units, 5)).toEqual([]);
  expect(calledSo('07', units, 5)).toEqual([]);
});

describe('what a unit can do', () => {
  const open = anIncident('i', { state: 'queued' });
  const free = aUnit('u', { status: 'available', emergency: false });
  const names = (acts: ReturnType<typeof actsOf>) => acts.map((act) => act.do);

  it('offers a free unit the open incident', () => {
    expect(names(actsOf(free, null, null, open, true))[0]).toBe('offer');
    expect(names(actsOf(free, null, null, anIncident('i', { state: 'held' }), true))).not.toContain(
      'offer',
    );
    expect(names(actsOf(free, null, null, null, true))).not.toContain('offer');
  });

  it('recalls and hands on a job, and sets no status over it', () => {
    const job = anAssignment('a', { state: 'en_route' });
    const acts = names(actsOf({ ...free, status: 'en_route' }, job, open, null, true));
    expect(acts).toEqual(['open_job', 'recall', 'hand', 'follow', 'show']);
    expect(names(actsOf(free, { ...job, state: 'on_scene' }, open, null, true))).not.toContain(
      'hand',
    );
  });

  it('lets who only looks look', () => {
    const job = anAssignment('a', { state: 'en_route' });
    expect(names(actsOf({ ...free, emergency: true }, job, open, open, false))).toEqual([
      'open_job',
      'follow',
      'show',
    ]);
  });

  it('never offers a status twice', () => {
    const acts = actsOf(free, null, null, null, true);
    expect(acts.filter((act) => act.do === 'status' && act.status === 'available')).toEqual([]);
    expect(acts.filter((act) => act.do === 'status')).toHaveLength(4);
  });
});
