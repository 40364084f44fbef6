/**
 * A recipe in the URL: `#v=6&preset=quick&training.steps=80`. Only what differs from the preset is written;
 * strings are written as is, everything else as JSON (and so are strings that would parse as JSON). For one's
 * own log the SHA-256 is written (`log=`), not its name: a log stays in its tab. Links of earlier versions
 * start from the presets of their time, and keep their meaning.
 */
import { complaintsOf, sentenceWithPath } from '../recipe/errorMap';
import { earlierPreset, isEarlierVersion } from '../recipe/earlierPresets';
import { PRESETS, type Preset } from '../recipe/presets';
import { runSpecSchema, type RunSpec } from '../recipe/runSpec';
import type { WantedLog } from './logNotice';
import { differingPaths, fieldPaths, readField, writeField, type SpecPath } from '../recipe/specPath';
import { t } from '../words/words';

const VERSION = '6';
const LOG = 'log';

export type ReadLink =
  | { readonly kind: 'none' }
  | { readonly kind: 'recipe'; readonly preset: Preset; readonly spec: RunSpec; readonly log: WantedLog | null }
  | { readonly kind: 'unreadable'; readonly reason: string };

/**
 * @param log SHA-256 of the user's own log, null for the sample
 * @returns the hash with its `#`
 */
export function writeLink(spec: RunSpec, preset: Preset, log: string | null): string {
  const parts = new URLSearchParams({ v: VERSION, preset: preset.id });
  for (const path of differingPaths(spec, preset.spec).filter(isShared)) parts.set(path, encode(readField(spec, path)));
  if (log !== null) parts.set(LOG, log);
  return `#${parts.toString()}`;
}

export function readLink(hash: string): ReadLink {
  const parts = new URLSearchParams(hash.replace(/^#/, ''));
  const version = parts.get('v');
  if (version === null) return { kind: 'none' };
  if (version !== VERSION && !isEarlierVersion(version))
    return {
      kind: 'unreadable',
      reason: t('It has version {version}; this page reads versions up to {latest}.', { version, latest: VERSION }),
    };
  const named = parts.get('preset') ?? '';
  const offered = PRESETS.find((candidate) => candidate.id === named);
  let spec = version === VERSION ? offered?.spec : earlierPreset(version, named);
  // What the form compares a recipe with, whose preset may not be offered any more.
  const preset = offered ?? PRESETS[0];
  if (!preset || !spec) return { kind: 'unreadable', reason: t('It starts from a preset that this page does not have.') };
  for (const path of fieldPaths(spec).filter(isShared)) {
    const text = parts.get(path);
    if (text !== null) spec = writeField(spec, path, decode(text));
  }
  const parsed = runSpecSchema.safeParse(spec);
  const log = parts.get(LOG);
  const wanted = log !== null && /^[0-9a-f]{64}$/.test(log) ? { name: null, hash: log } : null;
  if (parsed.success) return { kind: 'recipe', preset, spec: parsed.data, log: wanted };
  return { kind: 'unreadable', reason: complaintsOf(parsed.error, runSpecSchema).map(sentenceWithPath).join(' ') };
}

/** A hash without the recipe in it; `#run=` is another link's. */
export function withoutRecipe(hash: string): string {
  const parts = new URLSearchParams(hash.replace(/^#/, ''));
  if (!parts.has('v')) return hash;
  const run = parts.get('run');
  return run === null ? '' : `#run=${run}`;
}

function isShared(path: SpecPath): boolean {
  return path !== 'data.id';
}

function encode(value: unknown): string {
  return typeof value === 'string' && decode(value) === value ? value : JSON.stringify(value);
}

function decode(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    // Plain strings are not JSON.
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}
