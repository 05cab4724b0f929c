/** Kelurahan: a quiet fill, thin borders, names when one is close. */

import type { FeatureCollection } from 'geojson';
import type { Map as MapLibre } from 'maplibre-gl';
import { labelPoints } from '../geometry';
import { DataSource, LABEL_FONT, type MapLayer } from '../layer';
import type { Palette } from '../palette';
import { addInOrder } from '../zorder';

export class AreasLayer implements MapLayer {
  #shapes = new DataSource('areas');
  #names = new DataSource('area-names');

  set(areas: FeatureCollection): void {
    this.#shapes.set(areas);
    this.#names.set({ type: 'FeatureCollection', features: labelPoints(areas.features) });
  }

  draw(map: MapLibre, palette: Palette): void {
    this.#shapes.attach(map);
    this.#names.attach(map);
    addInOrder(map, {
      id: 'area-fill',
      type: 'fill',
      source: 'areas',
      paint: { 'fill-color': palette.area, 'fill-antialias': false },
    });
    addInOrder(map, {
      id: 'area-line',
      type: 'line',
      source: 'areas',
      paint: {
        'line-color': palette.areaLine,
        'line-width': ['interpolate', ['linear'], ['zoom'], 10, 0.5, 15, 1.4],
      },
    });
    addInOrder(map, {
      id: 'area-name',
      type: 'symbol',
      source: 'area-names',
      minzoom: 13,
      layout: {
        'text-field': ['get', 'name'],
        'text-font': LABEL_FONT,
        'text-size': ['interpolate', ['linear'], ['zoom'], 13, 10.5, 16, 13],
        'text-letter-spacing': 0.06,
        'text-max-width': 8,
        'text-padding': 12,
      },
      paint: {
        'text-color': palette.inkSoft,
        'text-halo-color': palette.halo,
        'text-halo-width': 1.2,
      },
    });
  }
}
