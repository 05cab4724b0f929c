import { startScreen } from '../start';
import Login from './Login.svelte';

startScreen(Login, { typed: false, quiet: true });
