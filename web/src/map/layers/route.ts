/** The way of one unit to one incident. */

import type { Map as MapLibre } from 'maplibre-gl';
import { DataSource, type MapLayer, NOTHING } from '../layer';
import type { Palette } from '../palette';
import { addInOrder } from '../zorder';

export class RouteLayer implements MapLayer {
  #source = new DataSource('route');

  /** `[lng, lat]` points in order; null takes the line away. */
  set(points: [number, number][] | null): void {
    if (points === null || points.length < 2) {
      this.#source.set(NOTHING);
      return;
    }
    this.#source.set({
      type: 'FeatureCollection',
      features: [
        {
          type: 'Feature',
          properties: {},
          geometry: { type: 'LineString', coordinates: points },
        },
      ],
    });
  }

  draw(map: MapLibre, palette: Palette): void {
    this.#source.attach(map);
    const shape = { 'line-cap': 'round', 'line-join': 'round' } as const;
    addInOrder(map, {
      id: 'route-casing',
      type: 'line',
      source: 'route',
      layout: shape,
      paint: { 'line-color': palette.routeCasing, 'line-width': 8 },
    });
    addInOrder(map, {
      id: 'route-line',
      type: 'line',
      source: 'route',
      layout: shape,
      paint: { 'line-color': palette.route, 'line-width': 4 },
    });
  }
}
