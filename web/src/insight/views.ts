/** The pages of the commander's room, in the order of a day; the first one is where he arrives. */
export const VIEWS = ['morning', 'map', 'work', 'coverage', 'forecast', 'report'] as const;
export type View = (typeof VIEWS)[number];

/** An unknown word in the address bar is the first page, not an error. */
export function viewOf(word: string | null): View {
  return VIEWS.find((view) => view === word) ?? VIEWS[0];
}
