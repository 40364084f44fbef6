/** Recipes of version 1 mean what they meant, whatever the defaults are now. */
import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it, test } from 'vitest';
import { gridSchema } from '../experiment/grid/gridSpec';
import { packAs, readPacked, unpackRun } from '../files/packedRun';
import { readOwnJson } from '../files/readRecord';
import { smallRecord } from '../testing/smallRecord';
import { fieldPaths, readField } from './specPath';
import { runSpecSchema, trainableSchema, type RunSpec } from './runSpec';
import before from './readBefore.json';

/** Every field that the recipe still has. */
function flat(spec: RunSpec): Readonly<Record<string, unknown>> {
  return Object.fromEntries(fieldPaths(spec).map((path) => [path, readField(spec, path)]));
}

/** What was read by the last version whose defaults were those of version 1. */
function wasRead(own: Readonly<Record<string, unknown>>, spec: RunSpec): Readonly<Record<string, unknown>> {
  const all: Readonly<Record<string, unknown>> = { ...before.defaults, ...own };
  const there = Object.keys(flat(spec)).filter((path) => path in all);
  expect(there.length).toBeGreaterThan(60);
  return Object.fromEntries(there.map((path) => [path, all[path]]));
}

const recorded = Object.entries(before.recorded as Readonly<Record<string, Readonly<Record<string, unknown>>>>);

test('all defaults of version 1 are kept', () => {
  const spec = runSpecSchema.parse({ version: 1 });
  expect(flat(spec)).toMatchObject(wasRead({}, spec));
  expect(spec.version).toBe(2);
  expect(flat(runSpecSchema.parse({}))).not.toMatchObject(wasRead({}, spec));
});

test.each(recorded)('the recorded run %s is read as it was', (id, own) => {
  const text = gunzipSync(readFileSync(`public/recorded/${id}.run.json.gz`)).toString('utf8');
  const { spec: written } = JSON.parse(text) as { readonly spec: { readonly version: number } };
  // One that was recorded again is no longer of version 1.
  if (written.version !== 1) return;
  const spec = runSpecSchema.parse(written);
  expect(flat(spec)).toMatchObject(wasRead(own, spec));
});

test('runs are recorded', () => {
  expect(readdirSync('public/recorded').filter((file) => file.endsWith('.run.json.gz')).length).toBe(9);
});

describe('a part of a recipe', () => {
  const objective = { maxHistory: 5 };
  it('of version 1 has the defaults of that version, without a version those of today', () => {
    const own = { 'objective.maxHistory': 5 };
    const old = runSpecSchema.parse({ version: 1, objective });
    expect(flat(old)).toMatchObject(wasRead(own, old));
    expect(runSpecSchema.parse({ objective }).objective).toMatchObject({ maxHistory: 5, headStart: 'identity' });
  });

  it('is read so in a grid', () => {
    const grid = (base: object): RunSpec => gridSchema.parse({ base, arms: ['action'], seeds: [0] }).base;
    expect(grid({ version: 1, objective })).toEqual(runSpecSchema.parse({ version: 1, objective }));
    expect(grid({ objective })).toEqual(runSpecSchema.parse({ objective, model: { precision: 'f32' } }));
  });

  it('is read so in a recipe file and in a run', () => {
    const file = { format: 'karma-recipe', version: 1, appVersion: '0.1.0', spec: { version: 1, objective } };
    expect(readOwnJson(JSON.stringify(file))).toMatchObject({ kind: 'recipe', spec: runSpecSchema.parse(file.spec) });
    const read = readOwnJson(JSON.stringify({ ...smallRecord(), spec: file.spec }));
    expect(read).toMatchObject({ kind: 'record', record: { spec: runSpecSchema.parse(file.spec) } });
  });

  it('is of version 1 in the run of a link, which left that out, and of today in those that are made now', async () => {
    const old = readPacked(JSON.stringify({ record: { ...smallRecord(), spec: { objective } } }));
    expect(old).toMatchObject({ kind: 'run', record: { spec: runSpecSchema.parse({ version: 1, objective }) } });
    for (const asked of [{ objective }, { version: 1, objective }]) {
      const spec = runSpecSchema.parse(asked);
      const view = { probe: 0, layer: 0, head: 0, step: null, measure: 'hr' } as const;
      const { text } = await packAs({ ...smallRecord(), spec }, view, { maps: 'maps', measures: true });
      expect(await unpackRun(text)).toMatchObject({ kind: 'run', record: { spec } });
    }
  });

  it('of a version that is not known yet is refused', () => {
    expect(runSpecSchema.safeParse({ version: 3 }).success).toBe(false);
  });
});

describe('fitted heads', () => {
  const fitted = { version: 1, objective: { headStart: 'fitted', headStartSteps: 7 } };
  it('are read in records, and cannot be trained', () => {
    const spec = runSpecSchema.parse(fitted);
    expect(spec.objective.headStart).toBe('fitted');
    const { error } = trainableSchema.safeParse(spec);
    expect(error?.issues.map(({ path, message }) => [path.join('.'), message.includes('Set it to identity')])).toEqual([
      ['objective.headStart', true],
    ]);
  });

  it('of one arm alone are refused, too', () => {
    const arms = [{ id: 'heads', label: 'Heads', headStart: 'fitted' }];
    expect(trainableSchema.safeParse({ version: 1, arms }).success).toBe(false);
    expect(trainableSchema.safeParse({ version: 1, arms: [{ ...arms[0], headStart: 'random' }] }).success).toBe(true);
  });
});
