/** Named places of the gazetteer: a dot and a name, when one is close. */

import type { Map as MapLibre } from 'maplibre-gl';
import { DataSource, LABEL_FONT, type MapLayer } from '../layer';
import type { Palette } from '../palette';
import { addInOrder } from '../zorder';

const URL_PLACES = '/v1/map/places.geojson';

export class PlacesLayer implements MapLayer {
  #source = new DataSource('places');

  load(): void {
    this.#source.set(new URL(URL_PLACES, location.href).href);
  }

  draw(map: MapLibre, palette: Palette): void {
    this.#source.attach(map);
    addInOrder(map, {
      id: 'place-dot',
      type: 'circle',
      source: 'places',
      minzoom: 14,
      paint: {
        'circle-radius': 2.6,
        'circle-color': palette.inkSoft,
        'circle-stroke-color': palette.halo,
        'circle-stroke-width': 1,
      },
    });
    addInOrder(map, {
      id: 'place-name',
      type: 'symbol',
      source: 'places',
      minzoom: 14,
      layout: {
        'text-field': ['get', 'name'],
        'text-font': LABEL_FONT,
        'text-size': 11,
        'text-offset': [0, 0.6],
        'text-anchor': 'top',
        'text-max-width': 8,
        'text-padding': 4,
      },
      paint: {
        'text-color': palette.inkSoft,
        'text-halo-color': palette.halo,
        'text-halo-width': 1.4,
      },
    });
  }
}
