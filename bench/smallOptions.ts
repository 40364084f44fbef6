/** Options of the small benchmarks: `--steps 100`, `--fixture NAME`. */
import { parseArgs } from 'node:util';

type Options<Defaults> = { readonly [Name in keyof Defaults]: Defaults[Name] extends number ? number : string };

/**
 * Reads options by their defaults: where that is a number, a count from 1 on, else words.
 * @returns an exit code in their place, after printing `usage`: 0 if help was asked for, 2 for a bad count
 * @throws TypeError for an option without a default
 */
export function smallOptions<Defaults extends Readonly<Record<string, number | string>>>(
  args: readonly string[],
  usage: string,
  defaults: Defaults,
): Options<Defaults> | 0 | 2 {
  const texts = Object.entries(defaults).map(([name, value]) => [name, { type: 'string', default: `${value}` }] as const);
  const { values } = parseArgs({
    args: [...args],
    options: { ...Object.fromEntries(texts), help: { type: 'boolean', default: false } },
  });
  const given: Readonly<Record<string, string | boolean | undefined>> = values;
  const read = Object.entries(defaults).map(
    ([name, value]) => [name, typeof value === 'number' ? Number(given[name]) : given[name]] as const,
  );
  const isBad = read.some(([, value]) => typeof value === 'number' && !(Number.isInteger(value) && value > 0));
  if (given.help === true || isBad) {
    console.info(usage);
    return given.help === true ? 0 : 2;
  }
  return Object.fromEntries(read) as Options<Defaults>;
}
