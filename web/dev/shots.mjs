/** Looks at the screens: `node dev/shots.mjs [base url]` writes pictures into .shots/ (not in git). */
import { mkdir } from 'node:fs/promises';
import { chromium } from 'playwright-core';

const BASE = process.argv[2] ?? 'http://127.0.0.1:8090';
const OUT = new URL('../.shots/', import.meta.url).pathname;
const FLAGS = [
  '--no-sandbox',
  '--enable-unsafe-swiftshader',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--no-first-run',
];

await mkdir(OUT, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: FLAGS,
});
const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
page.on('pageerror', (error) => console.log('page error:', error.message));
page.on('console', (message) => {
  if (message.type() === 'error') console.log('console:', message.text());
});
const by = (id) => page.getByTestId(id);
const shot = async (name) => {
  await page.waitForTimeout(1200);
  await page.screenshot({ path: `${OUT}${name}.png` });
};

await page.goto(`${BASE}/command`);
await by('report-row').first().waitFor();
await page.waitForTimeout(4000);
await shot('1-start');
await page.keyboard.press('n');
await by('report-card').waitFor();
await shot('2-report');
await page.keyboard.press('i');
await by('candidate').first().waitFor();
await shot('3-incident');
await page.keyboard.press('2');
await by('override-dialog').waitFor();
await shot('4-override');
await page.keyboard.press('Escape');
await page.keyboard.press('Enter');
await page.waitForTimeout(2000);
await shot('5-offered');
await page.waitForTimeout(7000);
await shot('6-under-way');
await page.setViewportSize({ width: 1280, height: 800 });
await shot('7-small');
await page.keyboard.press('u');
await by('unit-row').nth(3).click();
await shot('8-unit');
await by('user-menu').click();
await by('theme-light').click();
await page.waitForTimeout(1500);
await shot('9-light');
await page.keyboard.press('Escape');
await page.keyboard.press('q');
await by('report-row').nth(1).click();
await page.waitForTimeout(600);
await page.keyboard.press('g');
await shot('10-move');
await page.keyboard.press('?');
await shot('11-keys');
await page.keyboard.press('Escape');
await page.keyboard.press('Escape');
await by('user-menu').click();
await by('lang-en').click();
await by('theme-dark').click();
await page.keyboard.press('Escape');
await page.keyboard.press('/');
await page.keyboard.type('zzz');
await shot('12-english-nothing');
await page.keyboard.press('Escape');
await browser.close();
