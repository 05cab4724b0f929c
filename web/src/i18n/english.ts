/** English words: fetched when somebody wants them, so that nobody else loads them. */

const files = import.meta.glob<Record<string, string>>(['./*en.json', '!./lapor.en.json'], {
  eager: true,
  import: 'default',
});

export const words: Record<string, string> = Object.assign({}, ...Object.values(files));
