/** Cells as a map layer: filled by a figure, the chosen one outlined. */

import type { FeatureCollection } from 'geojson';
import type { ExpressionSpecification, Map as MapLibre, MapMouseEvent } from 'maplibre-gl';
import { DataSource, type MapLayer, NOTHING } from '../map/layer';
import type { Palette } from '../map/palette';
import { addInOrder } from '../map/zorder';
import type { LngLat } from '../wire';

const SOURCE = 'cells';
/** Streets and names shine through; the legend's swatches use the same. */
export const CELL_OPACITY = 0.72;

/** What a cell is filled with: a colour, or an expression over its properties. */
export type Fill = string | ExpressionSpecification;

export class CellsLayer implements MapLayer {
  #source = new DataSource(SOURCE);
  #map: MapLibre | null = null;
  #fill: Fill = 'rgba(0,0,0,0)';
  #chosen: string | null = null;

  set(cells: FeatureCollection | null, fill: Fill): void {
    this.#fill = fill;
    this.#source.set(cells ?? NOTHING);
    this.#paint();
  }

  choose(cell: string | null): void {
    this.#chosen = cell;
    this.#paint();
  }

  /** Hears clicks: the cell, or null beside all cells. The answer stops it. */
  onCell(map: MapLibre, ear: (cell: string | null, at: LngLat) => void): () => void {
    const click = (event: MapMouseEvent) => {
      const [top] = map.queryRenderedFeatures(event.point, { layers: ['cells-fill'] });
      ear(top === undefined ? null : String(top.properties.cell), event.lngLat);
    };
    const point = (event: MapMouseEvent) => {
      const over = map.queryRenderedFeatures(event.point, { layers: ['cells-fill'] }).length > 0;
      map.getCanvas().style.cursor = over ? 'pointer' : '';
    };
    map.on('click', click);
    map.on('mousemove', point);
    return () => {
      map.off('click', click);
      map.off('mousemove', point);
    };
  }

  draw(map: MapLibre, palette: Palette): void {
    this.#map = map;
    this.#source.attach(map);
    addInOrder(map, {
      id: 'cells-fill',
      type: 'fill',
      source: SOURCE,
      paint: { 'fill-opacity': CELL_OPACITY },
    });
    addInOrder(map, {
      id: 'cells-line',
      type: 'line',
      source: SOURCE,
      paint: { 'line-color': palette.halo },
    });
    // Dark casings would cut the cells to pieces; the streets themselves stay.
    for (const id of map.getLayersOrder().filter((name) => name.startsWith('road-casing'))) {
      map.setLayoutProperty(id, 'visibility', 'none');
    }
    this.#paint();
  }

  #paint(): void {
    const map = this.#map;
    if (map?.getLayer('cells-fill') === undefined) return;
    const chosen: ExpressionSpecification = ['==', ['get', 'cell'], this.#chosen ?? ''];
    map.setPaintProperty('cells-fill', 'fill-color', this.#fill);
    map.setPaintProperty('cells-line', 'line-width', ['case', chosen, 3.5, 0.6]);
    map.setPaintProperty('cells-line', 'line-color', ['case', chosen, '#ffffff', '#00000066']);
  }
}
