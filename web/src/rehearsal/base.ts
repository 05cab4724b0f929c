/**
 * Which doors a page asks: those of the office, or of the exercise it is opened in. The page of an
 * exercise is the same page under `/latihan/{id}/`, and so are its doors.
 */

const INSIDE = /^\/latihan\/([0-9a-f-]{36})\//;

/** The exercise an address is in; null in the real office. */
export const exerciseOf = (pathname: string): string | null => INSIDE.exec(pathname)?.[1] ?? null;

/** The exercise this page is in. */
export const exercise: string | null = exerciseOf(location.pathname);

/** The path of a door as this page asks it. The room itself and the end of the session are the office's. */
export function doorOf(path: string, method = 'GET', inside: string | null = exercise): string {
  const ofOffice =
    path.startsWith('/v1/rehearsals') || (path === '/v1/session' && method !== 'GET');
  if (inside === null || ofOffice || !path.startsWith('/v1/')) return path;
  return `/latihan/${inside}${path}`;
}

/** The path of a screen of the command center, with its query. */
export const commandPath = (search = '', inside: string | null = exercise): string =>
  `${inside === null ? '' : `/latihan/${inside}`}/command${search}`;
