/** How wide the outer panes of the command center are, in CSS pixels. Pure; kept per browser. */

export interface Widths {
  left: number;
  right: number;
}

/** Narrower than this a pane cannot be read. */
export const LEAST: Readonly<Widths & { middle: number }> = { left: 248, right: 348, middle: 320 };
/** Wider than this a list only grows white. */
const MOST: Readonly<Widths> = { left: 640, right: 860 };

const STORED = 'sigap.panes';

const within = (value: number, least: number, most: number): number =>
  Math.round(Math.min(Math.max(value, least), Math.max(least, most)));

/** What a window of this width begins with. */
export const usual = (window: number): Widths => ({
  left: within(window * 0.19, 296, 380),
  right: within(window * 0.26, 392, 520),
});

/** `wanted` as far as a window of this width allows: the map always keeps its least. */
export function fitted(wanted: Widths, window: number): Widths {
  const spare = window - LEAST.middle;
  const right = within(wanted.right, LEAST.right, Math.min(MOST.right, spare - LEAST.left));
  const left = within(wanted.left, LEAST.left, Math.min(MOST.left, spare - right));
  return { left, right };
}

/** The widest one side can be while the other stays as it is. */
export const most = (side: keyof Widths, widths: Widths, window: number): number =>
  Math.max(
    LEAST[side],
    Math.min(MOST[side], window - LEAST.middle - (side === 'left' ? widths.right : widths.left)),
  );

/** What this browser keeps; null when nothing that can be read. */
export function stored(): Widths | null {
  try {
    const kept = JSON.parse(localStorage.getItem(STORED) ?? 'null') as Partial<Widths> | null;
    if (typeof kept?.left !== 'number' || typeof kept.right !== 'number') return null;
    return Number.isFinite(kept.left + kept.right) ? { left: kept.left, right: kept.right } : null;
  } catch {
    return null;
  }
}

/** Keeps the widths; null forgets them. */
export function store(widths: Widths | null): void {
  if (widths === null) localStorage.removeItem(STORED);
  else localStorage.setItem(STORED, JSON.stringify(widths));
}
