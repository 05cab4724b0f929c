/** Emits `sw.js`: src/tablet/sw.js with the list of the files this build made. */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

const SOURCE = fileURLToPath(new URL('./src/tablet/sw.js', import.meta.url));

export function offlineTablet(): Plugin {
  return {
    name: 'sigap-offline-tablet',
    apply: 'build',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const made = Object.keys(bundle).filter((name) => name.startsWith('assets/'));
        const files = ['/tablet', ...made.map((name) => `/${name}`).sort()];
        // Asset names carry a hash of what is in them, so their list names the version.
        const version = createHash('sha256').update(files.join()).digest('hex').slice(0, 12);
        const source = readFileSync(SOURCE, 'utf8')
          .replace("'__VERSION__'", JSON.stringify(version))
          .replace("'__FILES__'", JSON.stringify(files));
        this.emitFile({ type: 'asset', fileName: 'sw.js', source });
      },
    },
  };
}
