import { startScreen } from '../start';
import Insight from './Insight.svelte';

startScreen(Insight);
