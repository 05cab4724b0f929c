import { startScreen } from '../start';
import Rehearsal from './Rehearsal.svelte';

startScreen(Rehearsal);
