/** Opens a screen: theme, language, then the root component. Shared by every entry page. */

import { type Component, mount } from 'svelte';
import { lang } from './i18n';
import { startTheme, type Theme } from './theme';
import './theme.css';

export function startScreen(screen: Component, otherwise: Theme = 'dark'): void {
  startTheme(otherwise);
  document.documentElement.lang = lang.current;
  const target = document.getElementById('app');
  if (target !== null) mount(screen, { target });
}
