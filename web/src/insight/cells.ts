/** The heatmap's cells as a map layer: filled by count, the chosen one outlined. */

import type { ExpressionSpecification, Map as MapLibre, MapMouseEvent } from 'maplibre-gl';
import { DataSource, type MapLayer, NOTHING } from '../map/layer';
import type { Palette } from '../map/palette';
import { addInOrder } from '../map/zorder';
import { fillColour, type HeatClass } from './scale';
import type { CellProperties, Heatmap } from './wire';

const SOURCE = 'cells';
/** Streets and names shine through; the legend's swatches use the same. */
export const CELL_OPACITY = 0.72;

export class CellsLayer implements MapLayer {
  #source = new DataSource(SOURCE);
  #map: MapLibre | null = null;
  #classes: readonly HeatClass[] = [];
  #chosen: string | null = null;

  set(cells: Heatmap | null, classes: readonly HeatClass[]): void {
    this.#classes = classes;
    this.#source.set(cells ?? NOTHING);
    this.#paint();
  }

  choose(cell: string | null): void {
    this.#chosen = cell;
    this.#paint();
  }

  /** Hears clicks: the cell, or null beside all cells. The answer stops it. */
  onCell(map: MapLibre, ear: (cell: CellProperties | null) => void): () => void {
    const click = (event: MapMouseEvent) => {
      const [top] = map.queryRenderedFeatures(event.point, { layers: ['cells-fill'] });
      ear(top === undefined ? null : cellOf(top.properties));
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
    map.setPaintProperty('cells-fill', 'fill-color', fillColour(this.#classes));
    map.setPaintProperty('cells-line', 'line-width', ['case', chosen, 3.5, 0.6]);
    map.setPaintProperty('cells-line', 'line-color', ['case', chosen, '#ffffff', '#00000066']);
  }
}

/** MapLibre hands nested properties back as JSON text. */
function cellOf(properties: Record<string, unknown>): CellProperties {
  const { categories } = properties;
  return {
    ...properties,
    categories: typeof categories === 'string' ? JSON.parse(categories) : (categories ?? {}),
  } as CellProperties;
}
