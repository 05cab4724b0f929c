import { exercise } from '../rehearsal/base';
import { startScreen } from '../start';
import './words';
import Tablet from './Tablet.svelte';

/** What the map of the own area is drawn from: kept by the worker from the first visit on. */
const GROUND = [
  '/v1/map/config',
  '/v1/map/areas.geojson',
  '/v1/map/polsek.geojson',
  '/v1/map/places.geojson',
  '/v1/map/roads.geojson?class=arterial',
  '/v1/map/roads.geojson?class=street',
];

startScreen(Tablet, { typed: false, quiet: true });

// Kept for the next start without network. Needs HTTPS; without it the tablet works, but only online.
if (exercise === null && import.meta.env.PROD && 'serviceWorker' in navigator) {
  const workers = navigator.serviceWorker;
  void workers
    .register('/sw.js')
    .then(() => workers.ready)
    .then(({ active }) => active?.postMessage({ ground: GROUND }))
    .catch(() => undefined);
}
