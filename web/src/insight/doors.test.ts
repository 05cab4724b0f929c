import { expect, test } from 'vitest';
import './words';
import { has } from '../i18n';
import { busiest, change, count, deed, hours, key, list, nameOf, seconds, share } from './doors';
import type { KeyFigure, OperatorLoad } from './wire';

const query = { from: '2026-11-21T00:00:00Z', to: '2026-11-22T00:00:00Z' };
const operator: OperatorLoad = {
  user: 'u1',
  name: 'Aipda Contoh',
  took: 9,
  ended: 4,
  sent: 3,
  busiest_hour: 5,
  busiest_at: '2026-11-21T23:00:00.000000Z',
};

test('a number opens the list that has as many lines', () => {
  const asked = count('reached', query, 12, 'Polsek Barat');
  expect(asked).toMatchObject({
    title: 'Kejadian didatangi · Polsek Barat',
    parts: [{ figure: 'reached', query }],
    means: { kind: 'count', of: 0, value: 12 },
  });
});

test('a share opens what went wrong first, and beside it the part and the whole', () => {
  const asked = share('within', 'reached', query, 0.75);
  if (!('parts' in asked) || asked.means.kind !== 'share') throw new Error('no share');
  expect(asked.parts.map((part) => part.figure)).toEqual(['late', 'within', 'reached']);
  expect([asked.parts[asked.means.of]?.figure, asked.parts[asked.means.whole]?.figure]).toEqual([
    'within',
    'reached',
  ]);
  expect(asked.shown).toBe(0);
  const plain = share('overridden', 'chosen', query, 0.1);
  expect('parts' in plain && plain.parts.map((part) => part.figure)).toEqual([
    'overridden',
    'chosen',
  ]);
});

test('a time opens the lines from it on, hours of work the jobs, a change both times', () => {
  expect(seconds('slower_half', 'reached', query, 300)).toMatchObject({
    means: { kind: 'seconds', of: 0, value: 300 },
    parts: [{ figure: 'slower_half' }, { figure: 'reached' }],
  });
  expect(hours('busy', query, 1.5)).toMatchObject({ means: { kind: 'hours', value: 1.5 } });
  expect(change('reports', query, { ...query, side: 'before' }, -3)).toMatchObject({
    means: { kind: 'change', of: 0, whole: 1, value: -3 },
  });
  expect(list('Dasar', 'incidents', query).means).toEqual({ kind: 'list' });
});

test('each of the ten figures opens in its own way', () => {
  const figure = (unit: KeyFigure['unit'], behind: KeyFigure['behind'], of: KeyFigure['of']) =>
    ({ key: 'reports', unit, value: 1, before: null, behind, of }) satisfies KeyFigure;
  const kind = (one: KeyFigure) => key(one, 1, query).means.kind;
  expect(kind(figure('count', 'reports', null))).toBe('count');
  expect(kind(figure('seconds', 'slowest_tenth', null))).toBe('seconds');
  expect(kind(figure('share', 'calls_within', 'calls'))).toBe('share');
});

test('the busiest hour is opened as far as it lies in the time that is looked at', () => {
  const asked = busiest(operator, { ...query, to: '2026-11-21T23:30:00Z' });
  expect(asked).toMatchObject({
    act: 'took',
    operator: 'u1',
    query: { from: '2026-11-21T23:00:00.000Z', to: '2026-11-21T23:30:00.000Z' },
    means: { value: 5 },
  });
  expect(deed(operator, 'sent', query, 3)).toMatchObject({ act: 'sent', query });
});

test('every figure has a name', () => {
  const files = import.meta.glob<{
    components: { schemas: { FigureCode: { enum?: string[]; oneOf?: { enum: string[] }[] } } };
  }>('../../openapi.json', { eager: true, import: 'default' });
  const [document] = Object.values(files);
  const schema = document?.components.schemas.FigureCode;
  const codes = schema?.enum ?? schema?.oneOf?.flatMap((one) => one.enum) ?? [];
  expect(codes.length).toBeGreaterThan(30);
  for (const code of codes) expect([code, has(`cmd.fig_${code}`)]).toEqual([code, true]);
  expect(nameOf('calls')).toBe('Telepon 110');
});
