/**
 * Says an offer aloud, for eyes that are on the road, by the voices of the device. Without a voice for the
 * language (or none at all) the alarm alone is heard. Like all sound it waits until the page was touched once.
 */

/** Place names are read as they are written; what an abbreviation means a voice does not know. */
const SHORT: readonly (readonly [RegExp, string])[] = [
  [/\bJl\.?\s/gi, 'Jalan '],
  [/\bGg\.?\s/gi, 'Gang '],
  [/\bKel\.?\s/gi, 'Kelurahan '],
  [/\bKec\.?\s/gi, 'Kecamatan '],
];

export function spelledOut(text: string): string {
  return SHORT.reduce((said, [short, full]) => said.replace(short, full), text);
}

/** Says one sentence once, instead of what is being said. */
export function say(text: string, locale: string): void {
  const voices = globalThis.speechSynthesis;
  if (voices === undefined || navigator.userActivation?.hasBeenActive === false) return;
  const words = new SpeechSynthesisUtterance(spelledOut(text));
  words.lang = locale;
  voices.cancel();
  voices.speak(words);
}

/** Says nothing any more. */
export function hush(): void {
  globalThis.speechSynthesis?.cancel();
}
