import { describe, expect, it } from 'vitest';
import { aReport } from '../testing';
import type { Category, Priority } from '../wire';
import { arrangementOf, isFor, shareOf, teamOf } from './teams';

const told = (category: Category, priority: Priority = 3) => {
  const one = aReport('r');
  return { ...one, reading: { ...one.reading, category, priority } };
};
const papers = { name: 'Regu SIM', takes: ['sim', 'skck'] as Category[] };
const street = { name: 'Regu Jalan', takes: ['kamtibmas'] as Category[] };
const all = { name: 'Regu Umum', takes: [] as Category[] };

describe('whose line a report stands in', () => {
  it('goes by the matter', () => {
    expect(isFor(papers, [papers, street], told('sim'))).toBe(true);
    expect(isFor(street, [papers, street], told('sim'))).toBe(false);
  });

  it('gives what is urgent to everybody', () => {
    expect(isFor(papers, [papers, street], told('kamtibmas', 2))).toBe(true);
    expect(isFor(papers, [papers, street], { ...told('kamtibmas'), lane: 'guarded' })).toBe(true);
  });

  it('leaves no matter to nobody', () => {
    expect(isFor(papers, [papers, street], told('hewan'))).toBe(true);
    expect(isFor(papers, [papers, all], told('hewan'))).toBe(false);
    expect(isFor(all, [papers, all], told('sim'))).toBe(true);
  });
});

it('finds the team of somebody, and his share', () => {
  const one = { members: [{ id: 'a', taken: 3 }] };
  const two = { members: [{ id: 'b', taken: 1 }] };
  expect(teamOf([one, two], 'b')).toBe(two);
  expect(teamOf([one, two], 'c')).toBeUndefined();
  const everybody = [...one.members, ...two.members];
  expect(shareOf(one.members, everybody)).toBe(0.75);
  expect(shareOf([], [])).toBeNull();
});

it('an arrangement begins from the teams as they stand, and changes nothing of them', () => {
  const member = { id: 'a', name: 'Bripka A', taken: 2, out_of_turn: 0, holds: 1, mean_wait_s: 5 };
  const team = { ...papers, members: [member], waiting: 0, oldest_at: null };
  const begun = arrangementOf({ version: 7, items: [team], others: [], out_of_turn: [] });
  expect(begun).toEqual({
    version: 7,
    teams: [{ key: 0, name: 'Regu SIM', members: ['a'], takes: ['sim', 'skck'] }],
  });
  begun.teams[0]?.takes.push('hewan');
  expect(papers.takes).toEqual(['sim', 'skck']);
});
