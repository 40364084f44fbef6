/** Links that open the page at a view, and figures in frames of other pages. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from './support/playground';

const COLLAPSE = gunzipSync(readFileSync('public/recorded/collapse.run.json.gz')).toString();

test('a link restores run, view, head, step, measure, K and arms, and says what it cannot', async ({ playground }) => {
  const { page } = playground;
  await page.goto('./?run=strong&history=2&layer=1&head=2&step=100&measure=ndcg&k=50&arms=action,karma');
  const maps = playground.panel('Attention maps');
  await expect(maps).toContainText('layer 1, head 2?');
  await expect(page.getByRole('region', { name: 'Details' })).toContainText('Strong');
  await expect(playground.panel('NDCG@K over steps').getByLabel('K', { exact: true })).toHaveValue('50');
  const arms = page.getByRole('group', { name: 'Arms shown' });
  await expect(arms.getByRole('checkbox', { checked: true })).toHaveCount(2);
  await expect(maps.getByRole('img', { name: /^Attention of/ })).toHaveCount(3);
  await arms.getByRole('checkbox', { checked: false }).first().check();
  await expect(maps.getByRole('img', { name: /^Attention of/ })).toHaveCount(4);

  // The link to this view is the same.
  await page.getByRole('button', { name: 'Share', exact: true }).click();
  const link = page.getByRole('textbox', { name: 'Link: This view' });
  await expect(link).toHaveValue(
    /\?run=strong&history=2&layer=1&head=2&step=\d+&measure=ndcg&k=50&arms=action%2Ckarma%2Cshuffled&view=figure$/,
  );
  const address = await link.inputValue();
  await expect(page.getByRole('region', { name: 'Embed code' })).toContainText('needs no cookies');
  await page.goto('about:blank');
  await page.goto(address);
  await expect(maps).toContainText('layer 1, head 2?');

  // A bad part is named, the rest applies, and the recipe is kept.
  await page.goto('./?run=collapse&layer=99&k=banana&measure=%3Cscript%3E#v=6&preset=gone');
  const alert = page.getByRole('alert', { name: 'The link' });
  await expect(alert).toContainText('This run has 4 layers, and none with the number 99.');
  await expect(alert).toContainText('“k” must be a whole number from 1, not “banana”.');
  await expect(alert).toContainText('This page has no “<script>” for “measure”.');
  await expect(playground.alert.filter({ hasText: 'recipe in the link' })).toBeVisible();
  await expect(playground.panel('HR@K over steps')).toBeVisible();
});

test('the parts of a run in the link are shown', async ({ playground }) => {
  const { page } = playground;
  await page.goto('./');
  await playground.drop({ name: 'collapse.run.json', text: COLLAPSE });
  await page.getByRole('button', { name: 'Share', exact: true }).click();
  await expect(page.getByRole('region', { name: 'The run', exact: true })).toContainText('The link holds the run itself');
  const link = await page.getByRole('textbox', { name: 'Link: This view' }).inputValue();
  const [, packed] = /#run=([\w-]+)$/.exec(link)!;
  expect(packed!.length).toBeLessThan(11_000);
  await page.evaluate(() => {
    localStorage.clear();
  });
  await page.goto('about:blank');
  await page.goto(`./?layer=2&head=1#run=${packed!}`);
  await expect(playground.panel('Attention maps')).toContainText('layer 2, head 1?');
  await expect(page.getByRole('status', { name: 'A run in a link' })).toContainText('ranks of single users');
  await expect(page.getByRole('region', { name: 'Verdict' })).toContainText('cannot be told');
  await expect(page.getByText('could not be drawn')).toHaveCount(0);

  await page.goto('about:blank');
  await page.goto(`./#run=${packed!.slice(0, 500)}`);
  await expect(page.getByRole('alert', { name: 'The link' })).toContainText('The run in the link could not be read.');
  await expect(playground.panel('Attention maps')).toBeVisible();

  // Another link in the address bar of the open page changes nothing but the hash.
  await page.goto('./#v=6&preset=quick&training.steps=7');
  await expect(page.getByLabel('Steps', { exact: true })).toHaveValue('7');
});

test('a run of another site is requested only after consent', async ({ playground }) => {
  const { page } = playground;
  let asked = 0;
  await page.route('https://runs.example/**', (route) => {
    asked++;
    return route.fulfill({
      body: readFileSync('public/recorded/strong.run.json.gz'),
      headers: { 'access-control-allow-origin': '*' },
    });
  });
  const link = `./?run=${encodeURIComponent('https://runs.example/a.run.json.gz')}&layer=2&head=2`;
  await page.goto(link);
  const question = page.getByRole('status', { name: 'A run of another site' });
  await expect(question).toContainText('Load the run from runs.example?');
  await expect(playground.panel('Attention maps')).toBeVisible();
  expect(asked).toBe(0);
  await question.getByRole('button', { name: 'Load it', exact: true }).click();
  await expect(page.getByRole('region', { name: 'Details' })).toContainText('Strong');
  await expect(playground.panel('Attention maps')).toContainText('layer 2, head 2?');
  expect(asked).toBe(1);
  await page.goto('about:blank');
  await page.goto(link);
  await question.getByRole('button', { name: 'Do not load it' }).click();
  await expect(question).toBeHidden();
  expect(asked).toBe(1);
});

const FIGURES = [
  ['attention', '&run=collapse&layer=2&head=1', 'Attention maps'],
  ['hr', '&run=strong&measure=ndcg&arms=karma', 'NDCG@K over steps'],
  ['collapse', '', 'Collapse measures'],
  ['forest', '&grid=rates&at=0.016', 'Differences from the baseline'],
] as const;

for (const [kind, rest, panel] of FIGURES) {
  test(`?embed=${kind} is one figure in a frame, without storage, cookies and workers`, async ({ playground }) => {
    const { page } = playground;
    const requested: string[] = [];
    page.on('request', (request) => requested.push(request.url()));
    await page.addInitScript(() => {
      const denied = (name: string): void => {
        Object.defineProperty(window, name, {
          get: () => {
            throw new DOMException('denied', 'SecurityError');
          },
        });
      };
      ['localStorage', 'sessionStorage', 'indexedDB', 'caches'].forEach(denied);
      Reflect.deleteProperty(Navigator.prototype, 'gpu');
    });
    await page.route('**/class.html', (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: `<!doctype html><title>Class</title><iframe src="./?embed=${kind}${rest}&controls=off&theme=dark" width="960" height="900"></iframe>`,
      }),
    );
    await page.goto('./class.html');
    const frame = page.frameLocator('iframe');
    const figure = frame.getByRole('figure', { name: panel });
    await expect(figure).toBeVisible();
    await expect(figure.getByRole('button', { name: 'Options' })).toHaveCount(0);
    await expect(frame.getByRole('combobox')).toHaveCount(0);
    await expect(frame.getByRole('banner')).toHaveCount(0);
    await expect(figure.locator('figcaption')).not.toBeEmpty();
    await expect(frame.getByRole('link', { name: /KARMA Playground/ })).toHaveAttribute('href', /^http/);
    expect(await frame.locator('html').getAttribute('data-theme')).toBe('dark');
    expect(await page.context().cookies()).toEqual([]);
    // No worker, no model, no engine.
    expect(page.workers()).toHaveLength(0);
    expect(requested.filter((url) => /Worker|\.wasm|models\//.test(url))).toEqual([]);
  });
}

test('an embedded figure says what is wrong with its link', async ({ playground }) => {
  const { page } = playground;
  await page.goto('./?embed=nothing&theme=pink');
  await expect(page.getByRole('alert')).toContainText('There is no figure “nothing” to embed');
  await page.goto('./?embed=hr&run=gone');
  await expect(page.getByText('This site has no recorded run “gone”.')).toBeVisible();
  await expect(page.getByText('The link does not say of which run.')).toBeVisible();
});
