/**
 * Many points drawn as one: what falls into one square of the world grid is a cluster once there are
 * enough of it. Pure; the grid is fixed to the world, so a cluster stays where it is while the map is
 * dragged.
 */

/** Side of a square, CSS pixels at the zoom in use. */
export const CELL_PX = 84;
/** So many in one square become one. */
export const LEAST = 6;
/** Pixels of the world at zoom 0. */
const WORLD_PX = 512;

/** Positions in web mercator, 0 to 1. */
export interface Dot<T> {
  item: T;
  x: number;
  y: number;
}

export interface Cluster<T> {
  /** The middle of its dots. */
  x: number;
  y: number;
  items: T[];
}

/** Clusters at this zoom, and the dots that stay alone. Every dot is in exactly one of them. */
export function clustered<T>(
  dots: Iterable<Dot<T>>,
  zoom: number,
): { clusters: Cluster<T>[]; alone: T[] } {
  // Whole zooms only: squares do not change their size with every turn of the wheel.
  const side = CELL_PX / (WORLD_PX * 2 ** Math.floor(zoom));
  const across = Math.ceil(1 / side);
  const squares = new Map<number, Dot<T>[]>();
  for (const dot of dots) {
    // Whole numbers below 2^53 at every zoom there is.
    const key = Math.floor(dot.y / side) * across + Math.floor(dot.x / side);
    const known = squares.get(key);
    if (known === undefined) squares.set(key, [dot]);
    else known.push(dot);
  }
  const clusters: Cluster<T>[] = [];
  const alone: T[] = [];
  for (const square of squares.values()) {
    if (square.length < LEAST) {
      for (const { item } of square) alone.push(item);
      continue;
    }
    const sum = square.reduce((at, dot) => ({ x: at.x + dot.x, y: at.y + dot.y }), { x: 0, y: 0 });
    clusters.push({
      x: sum.x / square.length,
      y: sum.y / square.length,
      items: square.map(({ item }) => item),
    });
  }
  return { clusters, alone };
}
