// `npm run test:long -- [campaign …] [--seed N] [--minutes N] [--case N]`: see docs/reliability.md.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { findMesa, setUpBrowser, testEnvironment } from './setup.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string', default: '1' }, minutes: { type: 'string' }, case: { type: 'string' } },
});
const fail = (message) => {
  console.error(message);
  process.exit(2);
};
const number = (name) => {
  const value = Number(values[name]);
  return Number.isFinite(value) ? value : fail(`--${name} is a number, not ${values[name]}.`);
};

/** Names of campaigns, with those on the built page separate. */
const files = ['src', 'tests'].flatMap((folder) => readdirSync(path.join(root, folder), { recursive: true }));
const campaigns = files.filter((file) => file.endsWith('.campaign.ts')).map((file) => path.basename(file, '.campaign.ts'));
const onPage = campaigns.filter((name) => name.endsWith('.page')).map((name) => name.slice(0, -'.page'.length));
const others = campaigns.filter((name) => !name.endsWith('.page')).map((name) => name.replace(/\.gpu$/, ''));
const unknown = positionals.filter((name) => !onPage.includes(name) && !others.includes(name));
if (unknown.length > 0)
  fail(`There is no campaign ${unknown.join(', ')}; choose from ${[...others, ...onPage].sort().join(', ')}.`);
const wanted = (names) => positionals.length === 0 || names.some((name) => positionals.includes(name));

const long = {
  names: positionals,
  seed: number('seed'),
  only: values.case === undefined ? null : number('case'),
  until: values.minutes === undefined ? Number.MAX_SAFE_INTEGER : Date.now() + 60_000 * number('minutes'),
};
const found = await setUpBrowser();
// `tables` runs each test file on the driver that `npm test` takes for it.
const mesa = findMesa();
const env = {
  ...process.env,
  ...testEnvironment(found),
  ...(mesa === null ? {} : { KARMA_MESA: mesa }),
  KARMA_LONG: JSON.stringify(long),
};
const run = (...args) => {
  const { status, signal } = spawnSync(process.execPath, args, { cwd: root, env, stdio: 'inherit' });
  if (signal !== null) console.error(`${args[0]} was ended by ${signal}.`);
  return status ?? 1;
};

let failed = 0;
if (wanted(others)) failed += run('node_modules/vitest/vitest.mjs', 'run', 'tests/campaigns', '--disableConsoleIntercept');
if (wanted(onPage)) {
  failed += run('node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn');
  failed += run('node_modules/@playwright/test/cli.js', 'test', 'e2e/campaigns.spec.ts', '--project=window');
}
process.exitCode = failed > 0 ? 1 : 0;
