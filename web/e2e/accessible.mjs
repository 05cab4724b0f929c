/** axe-core on a page: nothing that keeps somebody out. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Throws when axe finds something serious or critical on the page. */
export async function accessible(page, where) {
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(AXE);
  const { violations } = await page.evaluate(
    'axe.run(document, { resultTypes: ["violations"], iframes: false })',
  );
  const bad = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  if (bad.length === 0) return;
  const lines = bad.flatMap(({ id, help, nodes }) =>
    nodes.slice(0, 6).map(({ html, failureSummary }) => {
      const why = failureSummary.split('\n').slice(1).join(' ').trim();
      return `${id}: ${help}\n  ${html.slice(0, 160)}\n  ${why}`;
    }),
  );
  throw new Error(`axe on ${where}:\n${lines.join('\n')}`);
}
