/**
 * Holds what a screen loads before it can be used against a budget: after each build a table of the JavaScript of
 * every screen, and a build that fails when one is too large. Counted is the page's own chunk, all it imports, and
 * what it fetches at once (its map); not the map library itself, styles, fonts and what opens later.
 */

import { gzipSync } from 'node:zlib';
import type { Plugin, Rolldown } from 'vite';

type Chunk = Rolldown.OutputChunk;
type Bundle = Rolldown.OutputBundle;

/** Most JavaScript of a screen, bytes after gzip. */
export const BUDGET_BYTES = 120_000;
/** Fetched by a screen as soon as it stands, although not imported. */
const AT_ONCE = /\/src\/map\/map\.ts$/;
const LIBRARY = /\/node_modules\/maplibre-gl\//;

/** Whether a chunk is the map library: nine tenths of its code are. */
function isLibrary(chunk: Chunk): boolean {
  let [own, library] = [0, 0];
  for (const [id, { renderedLength }] of Object.entries(chunk.modules)) {
    if (LIBRARY.test(id)) library += renderedLength;
    else own += renderedLength;
  }
  return library > 9 * own;
}

/** The chunks a page needs before it can be used. */
function needed(bundle: Bundle, first: Chunk): Set<Chunk> {
  const found = new Set<Chunk>();
  const visit = (name: string): void => {
    const chunk = bundle[name];
    if (chunk?.type !== 'chunk' || found.has(chunk)) return;
    found.add(chunk);
    const atOnce = chunk.dynamicImports.filter((later) => {
      const made = bundle[later];
      return made?.type === 'chunk' && made.moduleIds.some((id) => AT_ONCE.test(id));
    });
    for (const next of [...chunk.imports, ...atOnce]) visit(next);
  };
  visit(first.fileName);
  return found;
}

export interface Weight {
  screen: string;
  /** Bytes after gzip: of our code with its libraries, and of the map library. */
  own: number;
  library: number;
}

/** What every screen weighs, the heaviest first. */
export function weights(bundle: Bundle): Weight[] {
  const packed = new Map<Chunk, number>();
  const weigh = (chunk: Chunk): number => {
    const known = packed.get(chunk) ?? gzipSync(chunk.code, { level: 9 }).byteLength;
    packed.set(chunk, known);
    return known;
  };
  const pages = Object.values(bundle).filter(
    (made): made is Chunk => made.type === 'chunk' && made.isEntry,
  );
  return pages
    .map((page) => {
      const weight = { screen: page.name, own: 0, library: 0 };
      for (const chunk of needed(bundle, page)) {
        weight[isLibrary(chunk) ? 'library' : 'own'] += weigh(chunk);
      }
      return weight;
    })
    .sort((a, b) => b.own - a.own);
}

const kilobytes = (bytes: number): string => (bytes / 1000).toFixed(1).padStart(7);

export function budget(): Plugin {
  let say = (_text: string): void => {};
  return {
    name: 'sigap-budget',
    apply: 'build',
    configResolved(config) {
      say = (text) => config.logger.info(text);
    },
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const all = weights(bundle);
        say(
          `JavaScript of a screen, kB gzip (at most ${BUDGET_BYTES / 1000} beside the map library)`,
        );
        for (const { screen, own, library } of all) {
          const map = library === 0 ? '' : `  and the map library ${kilobytes(library).trim()}`;
          say(`  ${screen.padEnd(9)}${kilobytes(own)}${map}`);
        }
        const heavy = all.filter(({ own }) => own > BUDGET_BYTES);
        if (heavy.length > 0) {
          const names = heavy.map(({ screen, own }) => `${screen} ${kilobytes(own).trim()} kB`);
          this.error(
            `over the budget: ${names.join(', ')}; let what opens later be imported later`,
          );
        }
      },
    },
  };
}
