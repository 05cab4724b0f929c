/** Dark for the room, light for the day; kept in localStorage and put on <html data-theme>. */
export type Theme = 'dark' | 'light';

const STORED = 'sigap.theme';
const ears = new Set<(theme: Theme) => void>();

export function theme(): Theme {
  return document.documentElement.dataset.theme === 'light' ? 'light' : 'dark';
}

/** Puts the stored theme on the page; `otherwise` when none was chosen yet. */
export function startTheme(otherwise: Theme = 'dark'): void {
  const stored = localStorage.getItem(STORED);
  document.documentElement.dataset.theme =
    stored === 'light' || stored === 'dark' ? stored : otherwise;
}

export function setTheme(next: Theme): void {
  localStorage.setItem(STORED, next);
  document.documentElement.dataset.theme = next;
  for (const ear of ears) ear(next);
}

/** Hears a switch; the answer stops it. */
export function onTheme(ear: (theme: Theme) => void): () => void {
  ears.add(ear);
  return () => ears.delete(ear);
}
