/**
 * Emits src/sw.js twice: `sw.js` for the tablet, with the list of all files this build made, and
 * `lapor-sw.js` for the citizen's page, with only the files it is made of, without its map.
 */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Plugin, Rolldown } from 'vite';

type OutputBundle = Rolldown.OutputBundle;

const SOURCE = fileURLToPath(new URL('./src/sw.js', import.meta.url));

/** The worker of a page; asset names carry a hash of what is in them, so their list names the version. */
function worker(page: string, assets: Iterable<string>): string {
  const files = [page, ...[...assets].map((name) => `/${name}`).sort()];
  const version = createHash('sha256').update(files.join()).digest('hex').slice(0, 12);
  return readFileSync(SOURCE, 'utf8')
    .replace("'__PAGE__'", JSON.stringify(page))
    .replace("'__VERSION__'", JSON.stringify(version))
    .replace("'__FILES__'", JSON.stringify(files));
}

export function offlineTablet(): Plugin {
  return {
    name: 'sigap-offline-tablet',
    apply: 'build',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const made = Object.keys(bundle).filter((name) => name.startsWith('assets/'));
        this.emitFile({ type: 'asset', fileName: 'sw.js', source: worker('/tablet', made) });
      },
    },
  };
}

/** What is loaded with a chunk: itself, what it imports, their styles; and the client for uploads. */
function closure(bundle: OutputBundle, first: string): Set<string> {
  const found = new Set<string>();
  const visit = (name: string): void => {
    const chunk = bundle[name];
    if (found.has(name) || chunk?.type !== 'chunk') return;
    found.add(name);
    for (const css of chunk.viteMetadata?.importedCss ?? []) found.add(css);
    const later = chunk.dynamicImports.filter((other) => {
      const made = bundle[other];
      return made?.type === 'chunk' && made.moduleIds.some((id) => id.includes('tus-js-client'));
    });
    for (const other of [...chunk.imports, ...later]) visit(other);
  };
  visit(first);
  return found;
}

export function offlineLapor(): Plugin {
  return {
    name: 'sigap-offline-lapor',
    apply: 'build',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const entry = Object.values(bundle).find(
          (made) => made.type === 'chunk' && made.isEntry && made.name === 'lapor',
        );
        if (entry === undefined) return;
        const source = worker('/lapor', closure(bundle, entry.fileName));
        this.emitFile({ type: 'asset', fileName: 'lapor-sw.js', source });
      },
    },
  };
}
