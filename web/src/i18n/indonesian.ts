/**
 * Indonesian words of the screens of the office, which every page loads; words.ts is the list of them. Those
 * of the tablet are its own (tablet/words.ts): the others need not carry them.
 */

import type { indonesian } from './words';

const files = import.meta.glob<Record<string, string>>(
  ['./*id.json', '!./lapor.id.json', '!./tablet.id.json', '!./crew.id.json'],
  { eager: true, import: 'default' },
);

export const words = Object.assign({}, ...Object.values(files)) as typeof indonesian;
