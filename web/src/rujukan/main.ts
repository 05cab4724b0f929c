import { type Component, mount } from 'svelte';
import { startTheme } from '../theme';
import { refuseDrops } from '../ui/drops';
import Rujukan from './Rujukan.svelte';
import '../theme.css';

const dark = typeof matchMedia === 'function' && matchMedia('(prefers-color-scheme: dark)').matches;
startTheme(dark ? 'dark' : 'light');
refuseDrops();
const target = document.getElementById('app');
if (target !== null) mount(Rujukan as Component, { target });
