/** Words of the screens. Indonesian (id.json) is the source; its keys are the type of every other. */
export { has, type Key, type Lang, lang, t, teach } from './lang.svelte';
