import { describe, expect, it } from 'vitest';
import { PRESETS } from '../recipe/presets';
import { runSpecSchema, type RunSpec } from '../recipe/runSpec';
import { differingPaths, fieldPaths, readField, writeField } from '../recipe/specPath';
import { readLink, writeLink } from './shareLink';

const preset = PRESETS.find(({ id }) => id === 'quick')!;

function roundTrip(spec: RunSpec): RunSpec {
  const read = readLink(writeLink(spec, preset, null));
  if (read.kind !== 'recipe') throw new Error(JSON.stringify(read));
  return read.spec;
}

describe('spec paths', () => {
  it('name every field but the version', () => {
    const paths = fieldPaths(preset.spec);
    expect(paths).toContain('training.steps');
    expect(paths).toContain('arms');
    expect(paths).not.toContain('version');
  });

  it('read, write and compare', () => {
    const spec = writeField(preset.spec, 'training.steps', 80);
    expect(readField(spec, 'training.steps')).toBe(80);
    expect(readField(preset.spec, 'training.steps')).not.toBe(80);
    expect(differingPaths(spec, preset.spec)).toEqual(['training.steps']);
  });
});

describe('share link', () => {
  it('writes only what differs', () => {
    expect(writeLink(preset.spec, preset, null)).toBe('#v=6&preset=quick');
    expect(writeLink(writeField(preset.spec, 'training.steps', 80), preset, null)).toBe('#v=6&preset=quick&training.steps=80');
  });

  it('contains the hash of the open log, not its name', () => {
    const hash = '0123456789abcdef'.repeat(4);
    const link = writeLink(writeField(preset.spec, 'data.id', 'mine.csv'), preset, hash);
    expect(link).toBe(`#v=6&preset=quick&log=${hash}`);
    expect(readLink(link)).toMatchObject({ spec: { data: { id: 'sample' } }, log: { name: null, hash } });
    expect(readLink('#v=6&preset=quick&log=mine')).toMatchObject({ log: null });
    expect(readLink('#v=6&preset=quick&data.id=mine.csv')).toMatchObject({ spec: { data: { id: 'sample' } } });
  });

  it('round-trips every kind of value', () => {
    let spec = writeField(preset.spec, 'name', 'A & B = "C" #1, naïve');
    spec = writeField(spec, 'evaluation.sampleUsers', 500);
    spec = writeField(spec, 'objective.useQuery', false);
    spec = writeField(spec, 'evaluation.ks', [1, 10]);
    spec = writeField(spec, 'arms', [{ id: 'action', label: '12', lambdaGen: 0, lambdaRec: 0.5, shuffledText: true }]);
    expect(roundTrip(spec)).toEqual(runSpecSchema.parse(spec));
    expect(roundTrip(writeField(spec, 'name', '12')).name).toBe('12');
    expect(roundTrip(writeField(spec, 'name', 'true')).name).toBe('true');
  });

  it('reads links to earlier presets with their original meaning', () => {
    const read = readLink('#v=1&preset=quick&training.steps=80');
    expect(read).toMatchObject({
      kind: 'recipe',
      preset,
      spec: {
        name: 'Quick: Action against KARMA',
        objective: { headStart: 'random', embToken: 'learned', embeddingSize: 64, maxHistory: 16 },
        training: { steps: 80, batchSize: 12, learningRate: 3e-3, crop: 'random' },
        evaluation: { watch: 'test' },
      },
    });
    for (const preset of ['standard', 'paper', 'overfit']) expect(readLink(`#v=1&preset=${preset}`).kind).toBe('recipe');
    expect(readLink('#v=1&preset=collapse').kind).toBe('unreadable');
    expect(readLink('#v=6&preset=tuned').kind).toBe('unreadable');
    expect(readLink('#v=4&preset=tuned&training.steps=80')).toMatchObject({
      preset: PRESETS[0],
      spec: { objective: { headStart: 'fitted', popularity: 0 }, features: { source: 'lm', axes: 0 }, training: { steps: 80 } },
    });
    expect(readLink('#v=2&preset=overfit').kind).toBe('unreadable');
    expect(readLink('#v=3&preset=overfit').kind).toBe('unreadable');
    // Items shown were negatives then, of which a recipe says nothing any more; L_exp is not what was meant.
    for (const version of [2, 3, 4])
      expect(readLink(`#v=${version}&preset=paper&objective.useExposures=true`)).toMatchObject({
        kind: 'recipe',
        spec: { objective: { actionLoss: 'pairwise', lambdaExp: 0 } },
      });
    // Of its time, and compared with the preset of its name.
    const evaluation = { evaluations: 3, sampleUsers: 150, texts: 64 };
    expect(readLink('#v=2&preset=quick')).toMatchObject({ preset, spec: { evaluation: { ...evaluation, spacing: 'even' } } });
    expect(readLink('#v=3&preset=quick')).toMatchObject({ preset, spec: { evaluation: { ...evaluation, spacing: 'early' } } });
    const collapse = PRESETS.find(({ id }) => id === 'collapse');
    expect(readLink('#v=2&preset=collapse')).toMatchObject({ preset: collapse, spec: { training: { learningRate: 1.6e-2 } } });
  });

  it('ignores unrelated hashes and says what is wrong with bad ones', () => {
    expect(readLink('').kind).toBe('none');
    expect(readLink('#methods').kind).toBe('none');
    expect(readLink('#v=9&preset=quick')).toMatchObject({ kind: 'unreadable' });
    expect(readLink('#v=1&preset=quick&training.steps=-3')).toMatchObject({ kind: 'unreadable', reason: /training\.steps/ });
  });
});
