/**
 * What the office calls its categories, and which it offers in which order; it comes with the session. Names
 * are laid over the words of the program, so that every screen says them; lists of choices read this.
 */

import { lang, type OwnWords } from '../i18n/lang.svelte';
import { type Category, type CategorySet, COMMON_CATEGORIES, isOwn } from '../wire';

class Categories {
  #set = $state.raw<CategorySet | null>(null);

  /** Every category in the office's order, those of its own too: for looking back. */
  get all(): readonly Category[] {
    return this.#set?.items.map((style) => style.code) ?? COMMON_CATEGORIES;
  }

  /** Those people choose from; what is chosen already is among them. */
  offered(chosen: Category | null = null): readonly Category[] {
    const items = this.#set?.items.filter((style) => !style.retired || style.code === chosen);
    return items?.map((style) => style.code) ?? COMMON_CATEGORIES;
  }

  /** As the session says; null: as the program does. */
  take(set: CategorySet | null | undefined): void {
    this.#set = set ?? null;
    lang.call(set == null ? null : namesOf(set));
  }
}

/** The office's names by the key of the word they stand for. */
export function namesOf(set: CategorySet): OwnWords {
  const own: OwnWords = { id: {}, en: {} };
  for (const { code, name_id, name_en } of set.items) {
    if (name_id != null) own.id[`category.${code}`] = name_id;
    // We have no English word for what only this office knows.
    const english = name_en ?? (isOwn(code) ? name_id : null);
    if (english != null) own.en[`category.${code}`] = english;
  }
  return own;
}

export const categories = new Categories();
