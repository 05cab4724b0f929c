import { startScreen } from '../start';
import Command from './Command.svelte';

startScreen(Command);
