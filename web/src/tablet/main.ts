import { startScreen } from '../start';
import Tablet from './Tablet.svelte';

startScreen(Tablet);
