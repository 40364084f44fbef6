/** A run as version 1 of the format wrote it. */
import { readFileSync } from 'node:fs';

export type FirstVersion = Readonly<Record<'spec' | 'data' | 'baselines' | 'base', Readonly<Record<string, unknown>>>> & {
  readonly spec: Readonly<Record<'objective' | 'evaluation', Readonly<Record<string, unknown>>>>;
  readonly arms: readonly { readonly evaluations: readonly Readonly<Record<string, unknown>>[] }[];
};

/** Two arms on the sample, recorded before the format had a second version. */
export function firstVersion(): FirstVersion {
  return JSON.parse(readFileSync('tests/records/action-karma.json', 'utf8')) as FirstVersion;
}
