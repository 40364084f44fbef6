// `npm run test:long -- [campaign …] [--seed N] [--case N] [--from N] [--minutes N]`: see
// docs/reliability.md.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { root, setUpBrowser, testEnvironment } from './setup.mjs';

const text = { type: 'string' };
const options = { seed: { ...text, default: '1' }, case: text, from: { ...text, default: '0' }, minutes: text };
const { values, positionals: names } = parseArgs({ allowPositionals: true, options });
const number = (value, otherwise) => (value === undefined ? otherwise : Number(value));
const until = Date.now() + 60_000 * number(values.minutes, 1e6);
const long = { names, seed: Number(values.seed), only: number(values.case, null), from: Number(values.from), until };

/** Names of campaigns, with those on the built page separate. */
const files = ['src', 'tests'].flatMap((folder) => readdirSync(path.join(root, folder), { recursive: true }));
const campaigns = files.filter((file) => file.endsWith('.campaign.ts')).map((file) => path.basename(file).split('.'));
const namesOf = (onPage) => campaigns.filter((parts) => parts.includes('page') === onPage).map(([name]) => name);
const unknown = names.filter((name) => !campaigns.some(([known]) => known === name));
if (unknown.length > 0) {
  console.error(
    `There is no campaign ${unknown.join(', ')}; choose from ${campaigns
      .map(([name]) => name)
      .sort()
      .join(', ')}.`,
  );
  process.exit(2);
}

const env = { ...process.env, ...testEnvironment(await setUpBrowser()), KARMA_LONG: JSON.stringify(long) };
function run(file, ...args) {
  const { status, signal } = spawnSync(process.execPath, [`node_modules/${file}`, ...args], { cwd: root, env, stdio: 'inherit' });
  if (signal !== null) console.error(`${file} was ended by ${signal}; .cache/long-tests names the case.`);
  if (status !== 0) process.exitCode = 1;
}
const wanted = (onPage) => names.length === 0 || namesOf(onPage).some((name) => names.includes(name));
if (wanted(false)) run('vitest/vitest.mjs', 'run', 'tests/campaigns', '--disableConsoleIntercept');
if (wanted(true)) {
  run('vite/bin/vite.js', 'build', '--logLevel', 'warn');
  run('@playwright/test/cli.js', 'test', 'e2e/campaigns.spec.ts', '--project=window');
}
