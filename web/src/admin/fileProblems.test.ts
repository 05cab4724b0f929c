import { expect, test } from 'vitest';
import { problemText } from './fileProblems';
import './words';

test('what the server says of a file is told in the words of the page', () => {
  expect(problemText('it has a ring that crosses itself')).toBe(
    'Garis batasnya memotong dirinya sendiri.',
  );
  expect(problemText('gazetteer line 2: unknown kind "market"')).toBe(
    'Jenis tempat "market" tidak dikenal.',
  );
  expect(problemText('line 3, column kind: "tank" is none of car, motorcycle')).toBe(
    '"tank" bukan jenis unit. Pilihannya: car, motorcycle.',
  );
  expect(problemText('gazetteer lacks the column lng')).toBe('Kolom lng tidak ada di baris judul.');
  expect(problemText('line 4: 5 fields instead of 6')).toBe(
    'Jumlah kolomnya tidak sama dengan baris judul.',
  );
});

test('what nobody knows stays as it is', () => {
  expect(problemText('12 m²')).toBe('12 m²');
});
