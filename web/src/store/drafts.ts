/** What was typed and not sent yet, by what it is for: kept while the page lives, and nowhere else. */

const kept = new Map<string, string>();

export const drafts = {
  of: (key: string | undefined): string => (key === undefined ? '' : (kept.get(key) ?? '')),
  keep(key: string | undefined, text: string): void {
    if (key === undefined) return;
    if (text === '') kept.delete(key);
    else kept.set(key, text);
  },
};
