/** Words of the screens. Indonesian (id.json) is the source; its keys are the type of every other. */
export { has, type Key, know, type Lang, lang, t } from './lang.svelte';
