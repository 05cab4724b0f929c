/** Small geometry for drawing: circles in metres, a label point for a polygon, boxes. Pure. */

import type { Feature, Geometry, MultiPolygon, Polygon, Position } from 'geojson';
import type { LngLat } from '../wire';

const METRES_PER_DEGREE = 111_194.9;
const CIRCLE_POINTS = 48;

/** A circle of `radiusM` metres around `centre`, as a polygon. */
export function circle(centre: LngLat, radiusM: number): Polygon {
  const ring: Position[] = [];
  const north = radiusM / METRES_PER_DEGREE;
  const east = north / Math.cos((centre.lat * Math.PI) / 180);
  for (let step = 0; step <= CIRCLE_POINTS; step += 1) {
    const angle = (2 * Math.PI * (step % CIRCLE_POINTS)) / CIRCLE_POINTS;
    ring.push([centre.lng + east * Math.cos(angle), centre.lat + north * Math.sin(angle)]);
  }
  return { type: 'Polygon', coordinates: [ring] };
}

/** Signed area (degrees²) and centroid of a ring. */
function ringMoments(ring: readonly Position[]): { area: number; lng: number; lat: number } {
  const [x0 = 0, y0 = 0] = ring[0] ?? [];
  let area = 0;
  let lng = 0;
  let lat = 0;
  for (let index = 0; index + 1 < ring.length; index += 1) {
    const [ax = 0, ay = 0] = ring[index] ?? [];
    const [bx = 0, by = 0] = ring[index + 1] ?? [];
    const cross = (ax - x0) * (by - y0) - (bx - x0) * (ay - y0);
    area += cross / 2;
    lng += ((ax + bx - 2 * x0) * cross) / 6;
    lat += ((ay + by - 2 * y0) * cross) / 6;
  }
  if (area === 0) return { area: 0, lng: x0, lat: y0 };
  return { area, lng: x0 + lng / area, lat: y0 + lat / area };
}

/** Where the name of an area is written: the centroid of its largest outer ring. */
export function labelPoint(geometry: Geometry | null): Position | null {
  if (geometry?.type !== 'Polygon' && geometry?.type !== 'MultiPolygon') return null;
  const polygons = (
    geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates
  ) as MultiPolygon['coordinates'];
  let best = { area: 0, lng: 0, lat: 0 };
  let found = false;
  for (const [outer] of polygons) {
    if (outer === undefined || outer.length < 4) continue;
    const moments = ringMoments(outer);
    if (!found || Math.abs(moments.area) > Math.abs(best.area)) best = moments;
    found = true;
  }
  return found ? [best.lng, best.lat] : null;
}

/** Label points of areas, with their properties. */
export function labelPoints(features: readonly Feature[]): Feature[] {
  return features.flatMap((feature) => {
    const at = labelPoint(feature.geometry);
    if (at === null) return [];
    return [
      {
        type: 'Feature' as const,
        properties: feature.properties,
        geometry: { type: 'Point' as const, coordinates: at },
      },
    ];
  });
}
