import { afterEach, expect, it } from 'vitest';
import { lang } from '../i18n';
import { emptyDesk } from '../store/desk';
import type { RecommendedUnit, Shortfall, TimelineItem } from '../wire';
import { counterfactualText } from './advice';
import { entryText, shortfallText } from './words';

const unit = (call_sign: string, cost_s: number, reasons: [string, number][]) =>
  ({
    unit_id: call_sign,
    call_sign,
    cost_s,
    fix_age_s: 10,
    travel_time_s: cost_s,
    reasons: reasons.map(([code, cost]) => ({ code, cost_s: cost, params: {}, text: code })),
  }) as unknown as RecommendedUnit;

afterEach(() => lang.set('id'));

it('says what would change the choice', async () => {
  const travel = [unit('A', 100, [['travel_time', 100]]), unit('B', 160, [['travel_time', 160]])];
  expect(counterfactualText(travel, () => 0)).toBe('B akan dipilih bila A lebih lambat 60 detik.');
  const reserve = [
    unit('A', 100, [['travel_time', 100]]),
    unit('B', 160, [
      ['travel_time', 70],
      ['reserve', 90],
    ]),
  ];
  expect(counterfactualText(reserve, () => 0)).toContain('unit terakhir');
  await lang.set('en');
  expect(counterfactualText(travel, () => 0)).toBe('B would be chosen if A were 60 s slower.');
  expect(counterfactualText([unit('A', 1, [])], () => 0)).toBeNull();
});

it('says a shortfall in the language of the screen', async () => {
  await lang.set('en');
  const short = (code: Shortfall['code'], needed: number, found: number, declined = 0) =>
    shortfallText({ code, params: { needed, found, declined }, text: 'kalimat server' });
  expect(short('no_unit', 1, 0)).toBe('no unit is free');
  expect(short('too_few', 3, 1)).toBe('the plan wants 3 units, only 1 free');
  expect(short('no_other_unit', 1, 0, 2)).toContain('2 refused');
  expect(short('told', 0, 0)).toBe('kalimat server');
  await lang.set('id');
  expect(short('too_few', 3, 1)).toBe('rencana meminta 3 unit, hanya 1 yang siap');
});

it('a timeline tells shortfalls of before there were codes', () => {
  const entry = (shortfall: unknown) =>
    entryText(
      {
        seq: 1,
        at: '',
        actor: { type: 'system' },
        kind: 'incident_short',
        data: { shortfall },
      } as unknown as TimelineItem,
      emptyDesk(),
    );
  expect(entry('tidak ada unit yang siap')).toContain('tidak ada unit yang siap');
  const coded = { code: 'no_unit', params: { needed: 1, found: 0, declined: 0 }, text: 'x' };
  expect(entry(coded)).toContain('tidak ada unit yang siap');
});
