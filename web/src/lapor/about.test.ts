import { expect, test } from 'vitest';
import { aboutOf, USUAL } from './about';

test('our words stand where the office has none of its own', () => {
  const matter = { name_en: null, own: false } as const;
  expect(
    aboutOf([
      { code: 'kamtibmas', name_id: 'Gangguan kamtibmas', ...matter },
      { code: 'hewan', name_id: 'Hewan', ...matter },
      { code: 'bencana', name_id: 'Banjir rob', name_en: null, own: true },
      { code: 'kemacetan', name_id: 'Macet', name_en: 'Jam', own: true },
    ]),
  ).toEqual([
    ['kamtibmas', 'Keributan', 'Disorder'],
    ['hewan', 'Hewan', 'Hewan'],
    ['bencana', 'Banjir rob', 'Banjir rob'],
    ['kemacetan', 'Macet', 'Jam'],
  ]);
  expect(USUAL).toHaveLength(10);
});
