/** Whose line of the queue a report stands in. Pure; the same rule as the server's. */

import type { Category, Id, Report, TeamsView } from '../wire';

/** What the rule needs of a team. */
export interface Line {
  name: string;
  takes: readonly Category[];
}

/** What is urgent is everybody's, and so is a matter that no team has been given. */
export function isFor(team: Line, teams: readonly Line[], report: Report): boolean {
  const { priority, category } = report.reading;
  if (priority <= 2 || report.lane === 'guarded') return true;
  const given = ({ takes }: Line) => takes.length === 0 || takes.includes(category);
  return given(team) || !teams.some(given);
}

/** The team somebody is in. */
export const teamOf = <T extends { members: readonly { id: Id }[] }>(
  teams: readonly T[],
  user: Id,
): T | undefined => teams.find(({ members }) => members.some(({ id }) => id === user));

/** How much of all that was taken fell to these people, 0 to 1; null when nothing was taken. */
export function shareOf(
  members: readonly { taken: number }[],
  all: readonly { taken: number }[],
): number | null {
  const sum = (people: readonly { taken: number }[]) =>
    people.reduce((total, { taken }) => total + taken, 0);
  const total = sum(all);
  return total === 0 ? null : sum(members) / total;
}

/** A team as it is being arranged; `key` tells it from the others while it has no name yet. */
export interface TeamDraft {
  key: number;
  name: string;
  members: Id[];
  takes: Category[];
}

/** Teams being arranged, and the version they began from. */
export interface Arrangement {
  version: number;
  teams: TeamDraft[];
}

export const arrangementOf = ({ version, items }: TeamsView): Arrangement => ({
  version,
  teams: items.map(({ name, members, takes }, key) => ({
    key,
    name,
    members: members.map(({ id }) => id),
    takes: [...takes],
  })),
});
