/** What a map layer of ours is: drawn when the style is ready, drawn again after a change of theme. */

import type { FeatureCollection } from 'geojson';
import type { GeoJSONSource, Map as MapLibre } from 'maplibre-gl';
import type { Palette } from './palette';

export interface MapLayer {
  /** Adds sources and layers; called again on a fresh style. */
  draw(map: MapLibre, palette: Palette): void;
  /** Lets go of timers and listeners. */
  drop?(): void;
}

/** Font of all map labels; declared in style.ts. */
export const LABEL_FONT = ['Inter'];

export const NOTHING: FeatureCollection = { type: 'FeatureCollection', features: [] };

/** A GeoJSON source that remembers its data over a change of style. */
export class DataSource {
  #data: FeatureCollection | string = NOTHING;
  #map: MapLibre | null = null;

  constructor(private readonly id: string) {}

  attach(map: MapLibre): void {
    this.#map = map;
    if (map.getSource(this.id) === undefined) {
      map.addSource(this.id, { type: 'geojson', data: this.#data });
    }
  }

  /** Features, or a URL the map's worker fetches by itself. */
  set(data: FeatureCollection | string): void {
    this.#data = data;
    this.#map?.getSource<GeoJSONSource>(this.id)?.setData(data);
  }
}
