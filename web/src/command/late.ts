/**
 * What opens later in the command center is loaded later: the first picture needs none of it. It is fetched as
 * soon as the desk stands, so that opening it waits for nothing, not even for a server that has gone away since.
 */

export const late = {
  bar: () => import('./CommandBar.svelte'),
  bulkBar: () => import('./BulkBar.svelte'),
  bulkResult: () => import('./BulkResult.svelte'),
  callForm: () => import('./CallForm.svelte'),
  crewTalk: () => import('./crewtalk.svelte'),
  duty: () => import('./Duty.svelte'),
  enterReport: () => import('./EnterReport.svelte'),
  findPerson: () => import('./FindPerson.svelte'),
  healthLine: () => import('./HealthLine.svelte'),
  incidentCard: () => import('./IncidentCard.svelte'),
  mapWindow: () => import('./MapWindow.svelte'),
  messageUnits: () => import('./MessageUnits.svelte'),
  playback: () => import('./Playback.svelte'),
  reportCard: () => import('./ReportCard.svelte'),
  shortcuts: () => import('./Shortcuts.svelte'),
  signInAgain: () => import('../ui/SignInAgain.svelte'),
  unitCard: () => import('./UnitCard.svelte'),
  unitDialog: () => import('./UnitDialog.svelte'),
  wall: () => import('./Wall.svelte'),
};

export function fetchLate(): void {
  // One that does not come now is asked for again when it is opened.
  for (const load of Object.values(late)) void load().catch(() => undefined);
}
