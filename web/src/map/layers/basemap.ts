/**
 * Water, green and buildings from the office's PMTiles file (OpenMapTiles schema), when it has one.
 * Streets and names stay ours, from the gazetteer and the road graph.
 */

import { addProtocol, type Map as MapLibre } from 'maplibre-gl';
import type { MapLayer } from '../layer';
import type { Palette } from '../palette';
import { addInOrder } from '../zorder';

const SOURCE = 'basemap';

/** Teaches MapLibre to read `pmtiles://` URLs; loaded only when an office has such a file. */
export async function readPmtiles(): Promise<void> {
  const { Protocol } = await import('pmtiles');
  addProtocol('pmtiles', new Protocol().tile);
}

export class Basemap implements MapLayer {
  constructor(private readonly url: string) {}

  draw(map: MapLibre, palette: Palette): void {
    const url = `pmtiles://${new URL(this.url, location.href).href}`;
    if (map.getSource(SOURCE) === undefined) map.addSource(SOURCE, { type: 'vector', url });
    const from = { type: 'fill', source: SOURCE } as const;
    addInOrder(map, {
      ...from,
      id: 'base-water',
      'source-layer': 'water',
      paint: { 'fill-color': palette.water },
    });
    addInOrder(map, {
      ...from,
      id: 'base-green',
      'source-layer': 'landcover',
      paint: { 'fill-color': palette.green, 'fill-opacity': 0.7 },
    });
    addInOrder(map, {
      ...from,
      id: 'base-building',
      'source-layer': 'building',
      minzoom: 15,
      paint: { 'fill-color': palette.building },
    });
  }
}
