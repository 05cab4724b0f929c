/** The base style we draw ourselves: a background and one bundled font. No request leaves the office. */

import interUrl from '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2?url';
import type { StyleSpecification } from 'maplibre-gl';
import type { Palette } from './palette';

/** The font of map labels, from our own bundle. */
export const fontFaces = (): Record<string, string> => ({
  Inter: new URL(interUrl, location.href).href,
});

export function baseStyle(palette: Palette): StyleSpecification {
  return {
    version: 8,
    // A colour that fades in keeps the map drawing for a third of a second after each change of data.
    transition: { duration: 0, delay: 0 },
    'font-faces': fontFaces(),
    sources: {},
    layers: [{ id: 'background', type: 'background', paint: { 'background-color': palette.land } }],
  };
}
