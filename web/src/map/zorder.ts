/**
 * Which layer lies over which, lowest first. Every layer of every map has its place here; an id that
 * is not listed throws, so that nothing lands on top by accident.
 */

import type { CustomLayerInterface, LayerSpecification, Map as MapLibre } from 'maplibre-gl';

export const ORDER = [
  'base-water',
  'base-green',
  'base-building',
  'area-fill',
  'area-line',
  'cells-fill',
  'cells-line',
  'road-casing-street',
  'road-casing-arterial',
  'road-line-street',
  'road-line-arterial',
  'polsek-line',
  'track-casing',
  'track-line',
  'track-gap',
  'route-casing',
  'route-line',
  'closure-fill',
  'closure-casing',
  'closure-line',
  'closure-slow',
  'closure-draft',
  'closure-draft-point',
  'place-dot',
  'road-name-street',
  'road-name-arterial',
  'area-name',
  'place-name',
  'closure-name',
  'polsek-seat',
  'polsek-name',
  'pin-circle',
  'pin-circle-line',
  'measure-line',
  'measure-point',
  'unit-cluster',
  'unit-cluster-count',
  'units',
  'unit-name',
  'incident',
  'pin',
  'track-here',
  'track-time',
  'measure-name',
] as const;

export type LayerId = (typeof ORDER)[number];

/** The place of a layer, 0 lowest. */
export function rank(id: string): number {
  const found = (ORDER as readonly string[]).indexOf(id);
  if (found < 0) throw new Error(`map layer "${id}" has no place in zorder.ts`);
  return found;
}

/** The lowest of `present` that must lie above `id`; undefined when it goes on top. */
export function above(id: string, present: readonly string[]): string | undefined {
  const place = rank(id);
  const higher = present.filter(
    (other) => (ORDER as readonly string[]).includes(other) && rank(other) > place,
  );
  return higher.sort((a, b) => rank(a) - rank(b))[0];
}

/** Adds a layer at its place. */
export function addInOrder(
  map: MapLibre,
  layer: (LayerSpecification | CustomLayerInterface) & { id: LayerId },
): void {
  map.addLayer(layer as LayerSpecification, above(layer.id, map.getLayersOrder()));
}
