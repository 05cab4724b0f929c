/** Colours of the drawn map, one set per theme. Colour is never the only sign: shapes differ too. */

import type { Theme } from '../theme';
import type { Priority, UnitStatus } from '../wire';

export interface Palette {
  theme: Theme;
  land: string;
  area: string;
  areaLine: string;
  polsekLine: string;
  water: string;
  green: string;
  building: string;
  road: Record<'toll' | 'primary' | 'secondary' | 'tertiary' | 'street', string>;
  roadCasing: string;
  ink: string;
  inkSoft: string;
  halo: string;
  route: string;
  routeCasing: string;
  uncertainty: string;
  priority: Record<Priority, { fill: string; ink: string }>;
  unit: Record<UnitStatus, string>;
  unitOutline: string;
  emergency: string;
  selected: string;
}

const DARK: Palette = {
  theme: 'dark',
  land: '#0d131b',
  area: '#121b26',
  areaLine: '#253243',
  polsekLine: '#5b7392',
  water: '#0c2233',
  green: '#10231b',
  building: '#18222e',
  road: {
    toll: '#7c6a3c',
    primary: '#5d6675',
    secondary: '#465160',
    tertiary: '#37424f',
    street: '#2a3441',
  },
  roadCasing: '#0a0f15',
  ink: '#dbe5f0',
  inkSoft: '#91a1b5',
  halo: '#0a0f15',
  route: '#7fd4ff',
  routeCasing: '#04202e',
  uncertainty: '#f3b84a',
  priority: {
    1: { fill: '#ff6b62', ink: '#2a0402' },
    2: { fill: '#f5a93f', ink: '#2b1800' },
    3: { fill: '#6ea8ff', ink: '#07152b' },
    4: { fill: '#9aa8ba', ink: '#10161f' },
  },
  unit: {
    off_duty: '#5f6c7c',
    available: '#4fd18b',
    offered: '#ffe066',
    committed: '#ffb454',
    en_route: '#4fb8ff',
    on_scene: '#c792ff',
    busy: '#9aa8ba',
    break: '#9aa8ba',
    out_of_service: '#5f6c7c',
  },
  unitOutline: '#05080c',
  emergency: '#ff3b30',
  selected: '#ffffff',
};

const LIGHT: Palette = {
  theme: 'light',
  land: '#dfe5ec',
  area: '#eef1f5',
  areaLine: '#cdd6e0',
  polsekLine: '#57728f',
  water: '#b9d7ea',
  green: '#d6e8d6',
  building: '#e0e4ea',
  road: {
    toll: '#f0c766',
    primary: '#ffffff',
    secondary: '#ffffff',
    tertiary: '#ffffff',
    street: '#fbfcfd',
  },
  roadCasing: '#b7c3d0',
  ink: '#1c2733',
  inkSoft: '#4c5b6c',
  halo: '#ffffff',
  route: '#0b62d6',
  routeCasing: '#ffffff',
  uncertainty: '#8a5300',
  priority: {
    1: { fill: '#c0271d', ink: '#ffffff' },
    2: { fill: '#b35c00', ink: '#ffffff' },
    3: { fill: '#1557c0', ink: '#ffffff' },
    4: { fill: '#5d6b7c', ink: '#ffffff' },
  },
  unit: {
    off_duty: '#8592a1',
    available: '#0f8a4d',
    offered: '#a87f00',
    committed: '#b35c00',
    en_route: '#0b62d6',
    on_scene: '#7a2fc2',
    busy: '#5d6b7c',
    break: '#5d6b7c',
    out_of_service: '#8592a1',
  },
  unitOutline: '#ffffff',
  emergency: '#d11507',
  selected: '#0b1622',
};

export const paletteOf = (theme: Theme): Palette => (theme === 'light' ? LIGHT : DARK);
