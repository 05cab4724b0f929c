/** Where a person goes after signing in, and what a failed sign-in says. Pure. */

import type { Role } from '../wire';

export type Screen = '/command' | '/tablet' | '/insight' | '/admin';

/** The screens a role may open, the first one being its own. */
export function screensOf(role: Role): readonly Screen[] {
  switch (role) {
    case 'patrol':
      return ['/tablet'];
    case 'commander':
    case 'auditor':
      return ['/insight'];
    case 'operator':
      return ['/command'];
    // A machine: it reports events and has no screen.
    case 'integration':
      return [];
    case 'supervisor':
      return ['/command', '/insight', '/admin'];
    case 'admin':
      return ['/command', '/insight', '/tablet', '/admin'];
  }
}

/**
 * Where to go after signing in: the page the person came from when the role may open it,
 * else its own screen. Only paths of this site are followed. Null: show the choice of screens.
 */
export function afterLogin(role: Role, wanted: string | null): string | null {
  const screens = screensOf(role);
  if (wanted !== null && rehearses(role) && IN_ROOM.test(wanted)) return wanted;
  if (wanted !== null && screens.some((screen) => isWithin(wanted, screen))) return wanted;
  return role === 'admin' ? null : (screens[0] ?? null);
}

/** The rehearsal room, or the command center or a tablet of an exercise. */
const IN_ROOM = /^\/latihan(\/[0-9a-f-]{36}\/(command|tablet))?([?#].*)?$/;

/** Whether this role has anything to do in the rehearsal room. */
export const rehearses = (role: Role): boolean =>
  role === 'operator' || role === 'supervisor' || role === 'commander' || role === 'patrol';

/** `wanted` is this screen, with or without a query or fragment: "/command", "/command?x#y". */
function isWithin(wanted: string, screen: Screen): boolean {
  const rest = wanted.startsWith(screen) ? wanted.slice(screen.length) : null;
  return rest === '' || (rest !== null && /^[?#]/.test(rest));
}

export type LoginFault = 'missing' | 'wrong' | 'too_many' | 'blocked' | 'offline' | 'server';

/** What went wrong, from the HTTP status; null when no answer came. */
export function faultOf(status: number | null): LoginFault {
  if (status === null) return 'offline';
  if (status === 429) return 'too_many';
  if (status === 403) return 'blocked';
  if (status >= 500) return 'server';
  return 'wrong';
}

/** Seconds to wait from a Retry-After header (seconds form only); 30 when it says nothing usable. */
export function retryAfterS(header: string | null): number {
  const seconds = header === null || header.trim() === '' ? Number.NaN : Number(header);
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(3_600, Math.ceil(seconds)) : 30;
}
