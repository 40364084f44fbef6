/** The texts that the model reads, edited and shown as tokens. */
import { smallLog, withQueries } from './support/logs';
import { expect, ONE_ARM, sharedTest as test, TINY, type Playground } from './support/playground';

async function templates(playground: Playground) {
  const log = await playground.section('Log');
  const editor = log.getByRole('region', { name: 'Texts that the model reads' });
  return {
    editor,
    tokens: (label: string) => editor.getByLabel(`Tokens of ${label}`),
    length: (label: string) => editor.getByLabel(`Length of ${label}`),
    /** The text, concatenated from its tokens. */
    text: (label: string) => editor.getByLabel(`Tokens of ${label}`).evaluate((node) => node.textContent.trim()),
    field: (label: string) => editor.getByRole('textbox', { name: label, exact: true }),
    chips: (label: string) => editor.getByRole('group', { name: `Fields for ${label}` }),
  };
}

test('shows the texts of the sample store as tokens, and follows the templates', async ({ playground }) => {
  await playground.open(TINY);
  const { page } = playground;
  const { editor, tokens, length, text, field, chips } = await templates(playground);
  await expect.poll(() => text('Item text y')).toMatch(/^point lace: lace worked with a needle/);
  await expect.poll(() => text('Item in a history')).toBe('point lace');
  await expect(length('Item text y')).toContainText(/All [\d,]+: mean [\d.]+, longest \d+; [\d.]+ % are truncated\./);
  await expect(tokens('Item text y').locator('span').first()).toHaveAttribute('title', /^\d+/);
  await expect(editor.getByRole('group', { name: 'Example query' })).toContainText(/query 1 of [\d,]+/);

  await editor.getByRole('button', { name: 'Next item' }).click();
  await expect.poll(() => text('Item in a history')).toBe('arc lamp');
  await editor.getByRole('searchbox', { name: 'Find an item by its title' }).fill('LACE point');
  await editor.getByRole('list', { name: 'Items found' }).getByRole('button', { name: 'point lace' }).click();
  await expect.poll(() => text('Item in a history')).toBe('point lace');

  await field('Item in a history').fill('');
  await expect(editor).toContainText('Name a field: {title}, {category}, {text} or {price}.');
  await expect(playground.run).toBeDisabled();
  await chips('Item in a history').getByRole('button', { name: '{category}' }).click();
  await expect(field('Item in a history')).toHaveValue('{category}');
  await expect.poll(() => text('Item in a history')).toBe('fabric > lace');
  await page.keyboard.type(', {titel}');
  await expect(field('Item in a history')).toHaveValue('{category}, {titel}');
  await expect(editor).toContainText('There is no field {titel}.');
  await editor.getByRole('button', { name: 'Reset Item in a history' }).click();
  await expect.poll(() => text('Item in a history')).toBe('point lace');

  // A lower limit cuts more of the same texts.
  // (Lengths are counted again after the reset, and the page says so meanwhile.)
  const mean = /mean [\d.]+, longest \d+/;
  await expect(length('Item text y')).toContainText(mean);
  const before = await length('Item text y').innerText();
  const objective = await playground.section('Objective');
  await objective.getByLabel('Longest y (tokens)').fill('4');
  await expect(length('Item text y')).toContainText('cut to 3');
  await expect(tokens('Item text y').locator('[data-left="false"]')).toHaveCount(3);
  await expect(length('Item text y')).toContainText(mean.exec(before)?.[0] ?? 'no mean');
});

test('shows queries if a log has them, and answers during a run', async ({ playground }) => {
  await playground.open({ ...ONE_ARM, 'training.steps': '2000' });
  await playground.openLog(smallLog());
  const { editor, length, text, field } = await templates(playground);
  await expect(length('Item text y')).toContainText('All 40:');
  await expect(editor).toContainText('This log has no queries.');

  const log = withQueries();
  await playground.openLog(log);
  await expect.poll(() => text('Query in the prompt')).toBe(log.queries[0]);
  await expect(length('Query in the prompt')).toContainText(`All ${log.queries.length}:`);
  await editor.getByRole('button', { name: 'Next query' }).click();
  await expect.poll(() => text('Query in the prompt')).toBe(log.queries[1]);

  await playground.run.click();
  await expect(playground.status).toHaveText('Running', { timeout: 120_000 });
  await field('Query in the prompt').fill('wanted {query}');
  await expect.poll(() => text('Query in the prompt')).toBe(`wanted ${log.queries[1]!}`);
  const step = await playground.stepOf('Action');
  await expect.poll(() => playground.stepOf('Action')).toBeGreaterThan(step);
  await playground.stop.click();
  await expect(playground.status).toHaveText('Stopped', { timeout: 60_000 });
});
