/** Points of the synthetic city: each well inside the area of its Polsek. */
export const SUNGGAL = { lng: 98.6241, lat: 3.5832 };
export const MEDAN_KOTA = { lng: 98.6991, lat: 3.5621 };
export const BELAWAN_TOWN = { lng: 98.6861, lat: 3.7709 };

/** `point` moved by metres east and north. */
export function near({ lng, lat }, east, north) {
  return { lng: lng + east / 111_100, lat: lat + north / 110_600 };
}
