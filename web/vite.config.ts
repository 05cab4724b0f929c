/// <reference types="vitest/config" />
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';
import { budget } from './budget';
import { offlineLapor, offlineTablet } from './offline';

const SCREENS = ['index', 'command', 'tablet', 'insight', 'admin', 'lapor', 'rujukan', 'latihan'];
const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** In development `/command` answers `command.html`, as the binary does. */
function screens(): Plugin {
  return {
    name: 'sigap-screens',
    configureServer(server) {
      server.middlewares.use((request, _response, next) => {
        const [path, query] = (request.url ?? '/').split('?');
        const name = path?.slice(1) ?? '';
        if (SCREENS.includes(name)) request.url = `/${name}.html${query ? `?${query}` : ''}`;
        next();
      });
    },
  };
}

const SERVER = process.env.SIGAP_SERVER ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [svelte(), screens(), offlineTablet(), offlineLapor(), budget()],
  resolve: process.env.VITEST ? { conditions: ['browser'] } : {},
  build: {
    target: 'es2022',
    chunkSizeWarningLimit: 1300,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: Object.fromEntries(SCREENS.map((name) => [name, at(`./${name}.html`)])),
    },
  },
  worker: { format: 'es' },
  server: {
    proxy: {
      '/v1': { target: SERVER, ws: true },
      '/demo': SERVER,
    },
  },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts'],
    reporters: ['default', at('./dev/closing-line.mjs')],
  },
});
