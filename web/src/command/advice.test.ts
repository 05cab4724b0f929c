import { afterEach, expect, it } from 'vitest';
import { lang } from '../i18n';
import type { RecommendedUnit } from '../wire';
import { counterfactualText } from './advice';
import { shortfallText } from './words';

const unit = (call_sign: string, cost_s: number, reasons: [string, number][]) =>
  ({
    unit_id: call_sign,
    call_sign,
    cost_s,
    fix_age_s: 10,
    travel_time_s: cost_s,
    reasons: reasons.map(([code, cost]) => ({ code, cost_s: cost, text: code })),
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
  expect(shortfallText('tidak ada unit yang siap')).toBe('no unit is free');
  expect(shortfallText('rencana meminta 3 unit, hanya 1 yang siap')).toBe(
    'the plan wants 3 units, only 1 free',
  );
  expect(
    shortfallText('tidak ada unit lain yang siap; 2 unit menolak atau tidak menjawab'),
  ).toContain('2');
  expect(shortfallText('something else')).toBe('something else');
});
