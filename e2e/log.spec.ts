import { brokenLog, smallLog } from './support/logs';
import { expect, test, TINY } from './support/playground';

test('reads a log of one’s own, accounts for a row that cannot be read, and trains on it', async ({ playground }) => {
  const { run, status } = playground;
  await playground.open(TINY);
  const log = await playground.section('Log');
  await playground.openLog(smallLog());
  await expect(log).toContainText('kitchen · 30 users · 40 items');
  await expect(log).toContainText('180 interactions');

  await playground.openLog(brokenLog(5));
  await expect(log).toContainText('broken · 30 users · 40 items');
  await expect(log).toContainText('1 row: time that cannot be read');
  await expect(log).toContainText('broken.csv:5');
  await expect(log).toContainText('yesterday');

  await run.click();
  await expect(status).toHaveText('Finished', { timeout: 90_000 });
  for (const arm of ['Action', 'KARMA']) {
    expect(await playground.stepOf(arm)).toBe(2);
    const rows = (await playground.table('HR@K over steps')).filter((row) => row.arm === arm);
    expect(rows.map(({ step, population, n }) => [step, population, n])).toEqual([
      ['0', 'sample', '16'],
      ['2', 'sample', '16'],
      ['2', 'all', '30'],
    ]);
  }
  await expect(playground.panel('Attention maps').getByLabel('History')).toContainText(/next is (red|blue|small|old) \w+/);
});

test('says what is wrong with files that are no logs', async ({ playground }) => {
  const { alert, intake } = playground;
  await playground.open();
  await playground.drop({ name: 'notes.csv', text: 'name,colour\nteacup,red\n' });
  await expect(intake.getByRole('alert')).toContainText('notes.csv');
  await expect(intake.getByRole('alert')).toContainText('user_id');
  await intake.getByRole('button', { name: 'Cancel' }).click();
  await playground.drop({ name: 'run.json', text: '{"format":"something else"}' });
  await expect(alert.filter({ hasText: 'run.json' })).toContainText('not a run record');
});
