import { startScreen } from '../start';
import Tablet from './Tablet.svelte';

startScreen(Tablet);

// Kept for the next start without network. Needs HTTPS; without it the tablet works, but only online.
if (import.meta.env.PROD && 'serviceWorker' in navigator) {
  void navigator.serviceWorker.register('/sw.js').catch(() => undefined);
}
