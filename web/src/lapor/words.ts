/** The words of this page. Its own, so that a telephone loads no word of the other screens. */
import en from '../i18n/lapor.en.json';
import id from '../i18n/lapor.id.json';

export type Word = keyof typeof id;
export const indonesian = id;
export const english: Record<string, string> = en;
