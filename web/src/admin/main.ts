import './words';
import { startScreen } from '../start';
import Admin from './Admin.svelte';

startScreen(Admin, { otherwise: 'light' });
