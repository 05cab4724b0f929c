import { expect, test } from 'vitest';
import { has } from '../i18n';
import type { Category } from '../wire';
import type { PlanSet, SetupSteps } from './office';
import { added, kindToggled, moved, placeOf, planOf, toggled, unreached } from './planning';
import { isDone, nextOf, STEPS } from './steps';

const SET: PlanSet = {
  plans: [
    { categories: ['kejahatan'], priorities: [1], units: 2, kinds: ['car'], offer_s: 20 },
    { categories: [], priorities: [1, 2, 3, 4], units: 1, kinds: ['car', 'traffic'], offer_s: 45 },
  ],
  hears: [],
  asks: {},
};

test('the first plan that fits is taken, and one that nothing reaches is seen', () => {
  expect(planOf(SET, 'kejahatan', 1)).toBe(0);
  expect(planOf(SET, 'kejahatan', 2)).toBe(1);
  expect(unreached(SET)).toEqual([]);
  expect(unreached({ ...SET, plans: SET.plans.toReversed() })).toEqual([1]);
  expect(planOf({ ...SET, plans: SET.plans.slice(0, 1) }, 'sim', 4)).toBe(-1);
});

test("a matter of the office's own goes by its plan, else by that of the common one", () => {
  const every = {
    priorities: [1, 2, 3, 4] as const,
    units: 1,
    kinds: ['car'] as const,
    offer_s: 45,
  };
  const plan = (...categories: Category[]): PlanSet['plans'][number] => ({
    ...every,
    priorities: [...every.priorities],
    kinds: [...every.kinds],
    categories,
  });
  const set: PlanSet = {
    ...SET,
    plans: [plan('layanan_lain'), plan('kamtibmas'), plan('own_police_2')],
  };
  expect(planOf(set, 'own_police_1', 3)).toBe(1);
  expect(planOf(set, 'own_police_2', 3)).toBe(2);
  expect(planOf(set, 'own_info_4', 4)).toBe(0);
  expect(unreached(set)).toEqual([]);
});

test('edits leave what they were given alone', () => {
  expect(toggled([1, 3], 2, [1, 2, 3, 4])).toEqual([1, 2, 3]);
  expect(toggled([1, 3], 3, [1, 2, 3, 4])).toEqual([1]);
  expect(kindToggled(['traffic'], 'car')).toEqual(['traffic', 'car']);
  expect(kindToggled(['traffic', 'car'], 'traffic')).toEqual(['car']);
  expect(moved(['a', 'b', 'c'], 2, -1)).toEqual(['a', 'c', 'b']);
  expect(moved(['a', 'b'], 0, -1)).toEqual(['a', 'b']);
  expect(added(SET).plans.length).toBe(3);
  expect(SET.plans.length).toBe(2);
});

test('a refusal leads to its plan, and every one has words', () => {
  expect(placeOf('plans[2].kinds')).toBe(2);
  expect(placeOf('plans[0]')).toBe(0);
  expect(placeOf('hears[0]')).toBe(null);
  expect(placeOf(null)).toBe(null);
  const codes = [
    'count',
    'no_priority',
    'no_kind',
    'twice',
    'units',
    'offer',
    'never_reached',
    'missing',
    'empty_rule',
  ];
  for (const code of codes) expect([code, has(`refusal.plan_${code}`)]).toEqual([code, true]);
});

test('the set-up goes on with the first step that is open', () => {
  const office = {
    code: 'x',
    name: 'X',
    prefix: 'X',
    utc_offset_h: 7,
    seat: { lng: 0, lat: 0 },
    synthetic: false,
  };
  const empty: SetupSteps = {
    office,
    areas: 0,
    areas_version: 0,
    polseks: [],
    roads: null,
    places: 0,
    units: 0,
    users: { admin: 1 },
    line: false,
    heard_at: null,
    restart_needed: false,
    can_restart: true,
  };
  expect(nextOf(empty)).toBe('areas');
  expect(isDone('users', empty)).toBe(false);
  const full = {
    ...empty,
    areas: 3,
    roads: 9,
    places: 9,
    units: 1,
    users: { operator: 2 },
    line: true,
  };
  expect(nextOf(full)).toBe(null);
  for (const step of STEPS) expect(has(`setup.step.${step}`)).toBe(true);
});
