/** What is wrong with a file, in the words of the page; the server says it for its log. Pure. */

import { t } from '../i18n';

const KNOWN = [
  [/a ring of fewer than 4 points/, 'ring_few'],
  [/a ring that is not closed/, 'ring_open'],
  [/a ring that crosses itself/, 'ring_crosses'],
  [/it has no kode/, 'no_code'],
  [/it has no nama/, 'no_name'],
  [/its kode stands in the file twice/, 'code_twice'],
  [/its geometry is not a Polygon|it has no geometry|its geometry is empty/, 'shape'],
  [/convert the file to WGS 84/, 'degrees'],
  [/latitude and longitude look swapped/, 'swapped'],
  [/the point lies outside Indonesia/, 'outside'],
  [/coordinates (out of range|must be finite)/, 'range'],
  [/not a GeoJSON FeatureCollection/, 'not_areas'],
  [/the file holds no features|the table has no rows/, 'empty'],
  [/the areas belong to (\d+) kabupaten/, 'too_wide'],
  [/no feature has a kode within/, 'none_chosen'],
  [/lacks the column (\w+)|has no column (\w+)|has no (\w+) column/, 'no_column'],
  [/(\d+) fields instead of (\d+)|has too few fields/, 'fields'],
  [/expected the header (\S+)/, 'header'],
  [/a quoted field does not end/, 'quote'],
  [/("[^"]*") is (?:no number|not a number of degrees)/, 'number'],
  [/("[^"]*") is not a number from 1 to 50/, 'crew'],
  [/("[^"]*") is none of (.*)/, 'unit_kind'],
  [/unknown kind ("[^"]*")/, 'place_kind'],
  [/("[^"]*") stands in the table twice/, 'twice'],
  [/the call sign is taken/, 'taken'],
  [/there is no Polsek ("[^"]*")/, 'no_polsek'],
  [/the name is empty|: is empty|names no polsek/, 'name_empty'],
  [/km must be 0 or more/, 'km'],
  [/repeats a code/, 'repeats'],
  [/not an OpenStreetMap extract/, 'not_osm'],
  [/the file is cut short/, 'cut'],
  [/the file is damaged|the file needs/, 'damaged'],
  [/no street lies within the area/, 'no_street'],
] as const;

/** The sentence for what the server says of a file; what nobody knows stays as it is. */
export function problemText(said: string): string {
  for (const [sign, code] of KNOWN) {
    const found = sign.exec(said);
    if (found === null) continue;
    const [a = '', b = ''] = found.slice(1).filter((part) => part !== undefined);
    return t(`file.${code}`, { a, b });
  }
  return said;
}
