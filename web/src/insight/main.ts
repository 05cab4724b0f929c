import { startScreen } from '../start';
import Insight from './Insight.svelte';
import './insight.css';
import './words';

startScreen(Insight);
