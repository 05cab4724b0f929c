import { type Component, mount } from 'svelte';
import { startTheme } from '../theme';
import { refuseDrops } from '../ui/drops';
import Lapor from './Lapor.svelte';
import { language } from './say.svelte';
import '../theme.css';
import './lapor.css';

const dark = typeof matchMedia === 'function' && matchMedia('(prefers-color-scheme: dark)').matches;
startTheme(dark ? 'dark' : 'light');
refuseDrops();
document.documentElement.lang = language.current;
const target = document.getElementById('app');
if (target !== null) mount(Lapor as Component, { target });

// Kept for the next start without network. Needs HTTPS; without it the page works, but only online.
if (import.meta.env.PROD && 'serviceWorker' in navigator) {
  void navigator.serviceWorker.register('/lapor-sw.js', { scope: '/lapor' }).catch(() => undefined);
}
