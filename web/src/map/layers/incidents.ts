/** Open incidents: a mark whose shape and number say the priority, with the human number below. */

import type { Map as MapLibre } from 'maplibre-gl';
import type { Id, Incident } from '../../wire';
import { DataSource, LABEL_FONT, type MapLayer } from '../layer';
import type { Palette } from '../palette';
import { addInOrder } from '../zorder';

export class IncidentsLayer implements MapLayer {
  #source = new DataSource('incidents');

  /** `label` gives the words under a mark. */
  set(incidents: readonly Incident[], selected: Id | null, label: (one: Incident) => string): void {
    this.#source.set({
      type: 'FeatureCollection',
      features: incidents.map((incident) => ({
        type: 'Feature',
        properties: {
          id: incident.id,
          label: label(incident),
          order: incident.priority,
          icon: `mark-${incident.priority}${incident.id === selected ? '-selected' : ''}`,
          faded: incident.state === 'held' || incident.state === 'closed',
        },
        geometry: { type: 'Point', coordinates: [incident.place.lng, incident.place.lat] },
      })),
    });
  }

  draw(map: MapLibre, palette: Palette): void {
    this.#source.attach(map);
    addInOrder(map, {
      id: 'incident',
      type: 'symbol',
      source: 'incidents',
      layout: {
        'icon-image': ['get', 'icon'],
        'icon-allow-overlap': true,
        'symbol-sort-key': ['-', 5, ['get', 'order']],
        'text-field': ['step', ['zoom'], '', 12.5, ['get', 'label']],
        'text-font': LABEL_FONT,
        'text-size': 12,
        'text-offset': [0, 1.5],
        'text-anchor': 'top',
        'text-optional': true,
      },
      paint: {
        'icon-opacity': ['case', ['get', 'faded'], 0.5, 1],
        'text-color': palette.ink,
        'text-halo-color': palette.halo,
        'text-halo-width': 1.8,
      },
    });
  }
}
