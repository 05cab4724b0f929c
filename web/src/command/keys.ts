/** Which key means what in the command center. Pure: the handler acts on the answer. */

export type KeyAction =
  | {
      do:
        | 'next'
        | 'call'
        | 'search'
        | 'help'
        | 'escape'
        | 'incident'
        | 'join'
        | 'part'
        | 'approve'
        | 'reply'
        | 'move'
        | 'warn'
        | 'bar'
        | 'follow'
        | 'measure'
        | 'home'
        | 'duty'
        | 'claim'
        | 'release'
        | 'end'
        | 'hold'
        | 'past'
        | 'enter'
        | 'pick'
        | 'bulk'
        | 'teams'
        | 'undo';
    }
  | { do: 'tab'; tab: 'queue' | 'incidents' | 'units' }
  | { do: 'step'; by: 1 | -1 }
  | { do: 'pick_step'; by: 1 | -1 }
  | { do: 'offer'; rank: number };

export interface Press {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey?: boolean;
}

/** Where the focus is: letters belong to a field, Enter belongs to a button. */
export type Focus = 'field' | 'button' | 'page';

const LETTERS: Record<string, KeyAction> = {
  n: { do: 'next' },
  t: { do: 'call' },
  '/': { do: 'search' },
  '?': { do: 'help' },
  i: { do: 'incident' },
  j: { do: 'join' },
  p: { do: 'part' },
  a: { do: 'approve' },
  r: { do: 'reply' },
  g: { do: 'move' },
  w: { do: 'warn' },
  f: { do: 'follow' },
  m: { do: 'measure' },
  h: { do: 'home' },
  s: { do: 'duty' },
  c: { do: 'claim' },
  l: { do: 'release' },
  e: { do: 'end' },
  y: { do: 'hold' },
  v: { do: 'past' },
  b: { do: 'enter' },
  x: { do: 'pick' },
  o: { do: 'bulk' },
  d: { do: 'teams' },
  z: { do: 'undo' },
  q: { do: 'tab', tab: 'queue' },
  k: { do: 'tab', tab: 'incidents' },
  u: { do: 'tab', tab: 'units' },
  ArrowDown: { do: 'step', by: 1 },
  ArrowUp: { do: 'step', by: -1 },
};

/** What a key press asks for; null when it is not ours. */
export function actionFor(press: Press, focus: Focus): KeyAction | null {
  const command = (press.ctrlKey || press.metaKey) && !press.altKey;
  if (command && press.key.toLowerCase() === 'k') return { do: 'bar' };
  if (press.ctrlKey || press.metaKey || press.altKey) return null;
  if (press.key === 'Escape') return { do: 'escape' };
  if (focus === 'field') return null;
  if (press.key === 'Enter') return focus === 'page' ? { do: 'offer', rank: 0 } : null;
  if (press.shiftKey && (press.key === 'ArrowDown' || press.key === 'ArrowUp')) {
    return { do: 'pick_step', by: press.key === 'ArrowDown' ? 1 : -1 };
  }
  if (/^[1-5]$/.test(press.key)) return { do: 'offer', rank: Number(press.key) - 1 };
  return LETTERS[press.key] ?? LETTERS[press.key.toLowerCase()] ?? null;
}

/** Where the focus is, from the focused element. */
export function focusOf(element: Element | null): Focus {
  if (element === null) return 'page';
  const name = element.tagName;
  // A box of a row is no field: letters stay ours.
  if (name === 'INPUT' && (element as HTMLInputElement).type === 'checkbox') return 'button';
  if (name === 'INPUT' || name === 'TEXTAREA' || name === 'SELECT') return 'field';
  if ((element as HTMLElement).isContentEditable) return 'field';
  // A row of a list keeps the focus after a click; Enter there still means "offer".
  if (element.hasAttribute('data-row') || element.classList.contains('maplibregl-canvas')) {
    return 'page';
  }
  return name === 'BUTTON' || name === 'A' || name === 'SUMMARY' ? 'button' : 'page';
}
