/** Opens a screen: theme, language, then the root component. Shared by every entry page. */

import { type Component, mount } from 'svelte';
import { lang } from './i18n';
import { startTheme, type Theme } from './theme';
import { refuseDrops } from './ui/drops';
import LineStrip from './ui/LineStrip.svelte';
import './theme.css';

/** What the strip over a page must know of it (ui/LineStrip.svelte). */
interface Page {
  otherwise?: Theme;
  /** Words are typed here that must not be lost. */
  typed?: boolean;
  /** The screen tells of the network itself. */
  quiet?: boolean;
}

export function startScreen(screen: Component, page: Page = {}): void {
  const { otherwise = 'dark', typed = true, quiet = false } = page;
  startTheme(otherwise);
  refuseDrops();
  void lang.begin().then(() => {
    document.documentElement.lang = lang.current;
    const target = document.getElementById('app');
    if (target === null) return;
    mount(screen, { target });
    mount(LineStrip, { target: document.body, props: { typed, quiet } });
  });
}
