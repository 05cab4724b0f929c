/**
 * The sentences of a recommendation in the language of the screen, made of its figures. Pure but for the
 * words.
 */

import { t } from '../i18n';
import type { RecommendedUnit } from '../wire';
import { ageText, reasonText } from './words';

type Candidate = Pick<RecommendedUnit, 'call_sign' | 'cost_s' | 'reasons'> & RecommendedUnit;

/** What would make the second one the first: the same rule as the engine's own sentence. */
export function counterfactualText(
  candidates: readonly Candidate[],
  takenOf: (unit: string) => number,
): string | null {
  const [best, second] = candidates;
  if (best === undefined || second === undefined) return null;
  const gap = second.cost_s - best.cost_s;
  const unit = second.call_sign;
  if (gap < 0) return t('advice.same', { unit });
  const shared = (code: string) => best.reasons.find((one) => one.code === code)?.cost_s ?? 0;
  const against = second.reasons
    .filter(({ code, cost_s }) => code !== 'travel_time' && cost_s - shared(code) > gap)
    .sort((a, b) => b.cost_s - a.cost_s)[0];
  if (against === undefined)
    return t('advice.slower', { unit, best: best.call_sign, t: ageText(gap) });
  return t('advice.unless', { unit, reason: reasonText(against, second, takenOf(second.unit_id)) });
}
