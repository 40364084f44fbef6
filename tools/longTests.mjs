// `npm run test:long -- [campaign …] [--seed N] [--minutes N] [--case N]`: see docs/long-tests.md.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { setUp, testEnvironment } from './setup.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string', default: '1' }, minutes: { type: 'string' }, case: { type: 'string' } },
});
const number = (name) => {
  const value = Number(values[name]);
  if (Number.isFinite(value)) return value;
  console.error(`--${name} is a number, not ${values[name]}.`);
  process.exit(2);
};
const root = fileURLToPath(new URL('..', import.meta.url));
const known = ['src', 'tests']
  .flatMap((folder) => readdirSync(path.join(root, folder), { recursive: true }))
  .flatMap((file) => /(\w+)(?:\.gpu)?\.campaign\.ts$/.exec(file)?.[1] ?? [])
  .sort();
const unknown = positionals.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`There is no campaign ${unknown.join(', ')}; take some of ${known.join(', ')}.`);
  process.exit(2);
}
const long = {
  names: positionals,
  seed: number('seed'),
  only: values.case === undefined ? null : number('case'),
  until: values.minutes === undefined ? Number.MAX_SAFE_INTEGER : Date.now() + 60_000 * number('minutes'),
};
const found = await setUp();
const args = ['node_modules/vitest/vitest.mjs', 'run', 'tests/campaigns', '--disableConsoleIntercept'];
const env = { ...process.env, ...testEnvironment(found), KARMA_LONG: JSON.stringify(long) };
process.exitCode = spawnSync(process.execPath, args, { cwd: root, env, stdio: 'inherit' }).status ?? 1;
