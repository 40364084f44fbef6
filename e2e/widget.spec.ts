/** The figures as a widget of notebooks, by the interface of anywidget, with a model of the test's own. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from '@playwright/test';

const MOST_BYTES = 900_000;
const NOTEBOOK = 'http://notebook.test/';

interface Model {
  readonly set: (traits: Readonly<Record<string, string>>) => void;
  readonly listeners: () => number;
}
type Notebook = typeof globalThis & {
  show: (traits: Readonly<Record<string, string>>) => void;
  models: Model[];
  remove: (() => void)[];
};

/** A cell that shows each widget below the one before, with a model as a host would make it. */
const HOST = `<!doctype html><title>Notebook</title><body style="background: rgb(1, 2, 3)"><script type="module">
  import widget from './widget.js';
  window.models = [];
  window.remove = [];
  window.show = (traits) => {
    const listeners = [];
    const model = {
      get: (name) => traits[name],
      on: (event, changed) => listeners.push([event, changed]),
      off: (event, changed) => listeners.splice(listeners.findIndex(([e, c]) => e === event && c === changed), 1),
    };
    const set = (changes) => {
      Object.assign(traits, changes);
      for (const [event, changed] of [...listeners]) if (event.slice('change:'.length) in changes) changed();
    };
    window.models.push({ set, listeners: () => listeners.length });
    window.remove.push(widget.render({ model, el: document.body.appendChild(document.createElement('div')) }));
  };
</script>`;

test('draws several figures apart from the notebook, follows their models, and leaves nothing behind', async ({ page }) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'karma-widget-'));
  const file = path.join(folder, 'widget.js');
  const code = `(await import('./tools/package/widget.mjs')).buildWidget(${JSON.stringify(file)})`;
  // Playwright sets another, for which React is built with its checks.
  execFileSync(process.execPath, ['--input-type=module', '-e', `await ${code}`], {
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const script = readFileSync(file);
  rmSync(folder, { recursive: true });
  console.info(`widget: ${script.length} bytes, at most ${MOST_BYTES}`);
  expect(script.length).toBeLessThan(MOST_BYTES);

  const requested: string[] = [];
  page.on('request', (request) => requested.push(request.url()));
  await page.route(`${NOTEBOOK}**`, (route) =>
    route.fulfill(
      route.request().url().endsWith('widget.js')
        ? { contentType: 'text/javascript', body: script }
        : { contentType: 'text/html', body: HOST },
    ),
  );
  await page.goto(NOTEBOOK);
  const run = gunzipSync(readFileSync('public/recorded/strong.run.json.gz')).toString('utf8');
  const show = (query: string) =>
    page.evaluate(
      (traits) => {
        (globalThis as Notebook).show(traits);
      },
      { run, query },
    );
  await show('embed=attention&arms=action,karma&layer=2');
  await show('embed=hr&measure=ndcg');
  const first = page.locator('iframe').first().contentFrame();
  const second = page.locator('iframe').nth(1).contentFrame();
  await expect(first.getByRole('figure', { name: 'Attention maps' })).toBeVisible();
  await expect(second.getByRole('figure', { name: 'NDCG@K over steps' })).toBeVisible();
  // As high as the figure, no higher.
  await expect
    .poll(
      async () =>
        (await page.locator('iframe').nth(1).boundingBox())!.height - (await second.locator('body').boundingBox())!.height,
    )
    .toBeLessThan(2);
  expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgb(1, 2, 3)');

  const set = (traits: Readonly<Record<string, string>>) =>
    page.evaluate((of) => {
      (globalThis as Notebook).models[1]!.set(of);
    }, traits);
  await set({ query: 'embed=collapse&theme=dark' });
  await expect(second.getByRole('figure', { name: 'Collapse measures' })).toBeVisible();
  await expect(second.locator('html')).toHaveAttribute('data-theme', 'dark');
  await set({ run: '{"format": "other"}' });
  await expect(second.getByRole('alert')).toContainText('could not be loaded');
  await expect(first.getByRole('figure', { name: 'Attention maps' })).toBeVisible();

  expect(await page.evaluate(() => (globalThis as Notebook).models.map(({ listeners }) => listeners()))).toEqual([2, 2]);
  await page.evaluate(() => {
    for (const remove of (globalThis as Notebook).remove) remove();
  });
  await expect(page.locator('iframe')).toHaveCount(0);
  expect(await page.evaluate(() => (globalThis as Notebook).models.map(({ listeners }) => listeners()))).toEqual([0, 0]);
  expect(requested.filter((url) => !url.startsWith(NOTEBOOK))).toEqual([]);
});
