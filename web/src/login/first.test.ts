import { expect, test } from 'vitest';
import { codeOf, prefixOf } from './first';

test('the name of an office gives its code and its prefix', () => {
  expect([codeOf('Polrestabes Medan'), prefixOf('Polrestabes Medan')]).toEqual(['medan', 'MDN']);
  expect([codeOf('Polres Binjai'), prefixOf('Polres Binjai')]).toEqual(['binjai', 'BNJ']);
  expect(codeOf('Polres Kota  Baru (contoh)')).toBe('kota-baru-contoh');
  expect(codeOf('Polres Pelabuhan Tanjung Perak')).toBe('pelabuhan-tanjung-pe');
  expect([codeOf(''), prefixOf('')]).toEqual(['', '']);
  expect(prefixOf('Polres Aie')).toBe('AIE');
});
