/** Fields of a RunSpec by name, as the form, the link and the reset buttons address them. */
import type { RunSpec } from './runSpec';

type SectionPath = {
  [Section in keyof RunSpec]: RunSpec[Section] extends readonly unknown[]
    ? never
    : RunSpec[Section] extends object
      ? `${Section}.${keyof RunSpec[Section] & string}`
      : never;
}[keyof RunSpec];

export type SpecPath = 'name' | 'seed' | 'arms' | SectionPath;

type Tree = Readonly<Record<string, unknown>>;

export function readField(spec: RunSpec, path: SpecPath): unknown {
  const [section, key] = path.split('.') as [string, string | undefined];
  const value = (spec as Tree)[section];
  return key === undefined ? value : (value as Tree)[key];
}

/** A copy with one field replaced. The value is not checked: runSpecSchema does that for the whole. */
export function writeField(spec: RunSpec, path: SpecPath, value: unknown): RunSpec {
  const [section, key] = path.split('.') as [string, string | undefined];
  const tree = spec as Tree;
  const replaced = key === undefined ? value : { ...(tree[section] as Tree), [key]: value };
  return { ...spec, [section]: replaced };
}

/** Every field, in the schema's order. */
export function fieldPaths(spec: RunSpec): SpecPath[] {
  return Object.entries(spec)
    .filter(([section]) => section !== 'version')
    .flatMap(([section, value]) =>
      typeof value === 'object' && !Array.isArray(value) ? Object.keys(value).map((key) => `${section}.${key}`) : [section],
    ) as SpecPath[];
}

export function differingPaths(spec: RunSpec, from: RunSpec): SpecPath[] {
  return fieldPaths(from).filter((path) => !sameValue(readField(spec, path), readField(from, path)));
}

export function sameValue(a: unknown, b: unknown): boolean {
  return Object.is(a, b) || JSON.stringify(a) === JSON.stringify(b);
}
