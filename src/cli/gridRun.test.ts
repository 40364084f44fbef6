import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { baselineRecord, columns, evaluation, ranking, smallRecord } from '../testing/smallRecord';
import packageJson from '../../package.json';
import { divergedAt } from '../experiment/train/diverged';
import type { RunRecord } from '../record/runRecord';
import type { RunSpec } from '../recipe/runSpec';
import { runGrid, type GridBench } from './gridRun';
import { summarise } from './summarise';

let folder = '';
let file = '';
let asked: string[] = [];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'karma-grid-'));
  file = path.join(folder, 'given.json');
  await writeFile(file, JSON.stringify({ name: 'Two', arms: ['action', 'karma'], seeds: [0, 1] }));
  asked = [];
  vi.spyOn(console, 'info').mockImplementation(() => undefined);
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

/** Runs that end at once, with an HR@10 that depends on the seed. */
function bench(fails: (spec: RunSpec) => Error | null = () => null): GridBench {
  const record = (spec: RunSpec): RunRecord => ({
    ...smallRecord(),
    appVersion: packageJson.version,
    spec,
    arms: spec.arms.map(({ id }) => {
      const hr = 0.2 + spec.seed / 10 + (id === 'karma' ? 0.1 + spec.seed / 100 : 0);
      const last = evaluation(2, hr, { population: 'all', ...ranking(100, hr) });
      return { id, steps: columns([2, 1], false), evaluations: [last], attention: [] };
    }),
  });
  return {
    logHash: 'h',
    logId: 'sample',
    model: null,
    run: (spec) => {
      asked.push(`${spec.seed} ${spec.arms.map(({ id }) => id).join('+')}`);
      const error = fails(spec);
      return error ? Promise.reject(error) : Promise.resolve(record(spec));
    },
  };
}

const out = (): string => path.join(folder, 'out');

describe('a grid on a model that --model names', () => {
  const named = (hash: string): GridBench => {
    const { run, ...rest } = bench();
    const model = { id: 'local:mine', hash };
    return {
      ...{ ...rest, model },
      run: async (spec) => {
        const record = await run(spec);
        return { ...record, model: { ...record.model, id: spec.model.id, hash } };
      },
    };
  };

  it('has its name in every recipe, whatever the file says, and refuses a file that varies the model', async () => {
    const seen: string[] = [];
    const model = named('aa');
    await runGrid(file, out(), null, { ...model, run: (spec) => (seen.push(spec.model.id), model.run(spec)) });
    expect(new Set(seen)).toEqual(new Set(['local:mine']));
    await writeFile(file, JSON.stringify({ arms: ['action'], axes: [{ path: 'model.id', values: ['a/b', 'c/d'] }], seeds: [0] }));
    await expect(runGrid(file, path.join(folder, 'other'), null, model)).rejects.toThrow('The grid varies the model');
  });

  it('does not take cells of another model with the same name', async () => {
    await runGrid(file, out(), null, named('aa'));
    asked = [];
    await runGrid(file, out(), null, named('aa'));
    await expect(runGrid(file, out(), null, named('bb'))).rejects.toThrow(/runs of another model with the name local:mine .*aa/);
    expect(asked).toEqual([]);
  });
});

describe('runGrid', () => {
  it('names the steps that its runs have, not those of the recipe that an axis overrules', async () => {
    const base = { training: { steps: 600, batchSize: 16 } };
    const axes = [{ path: 'training.steps', values: [2, 40] }];
    await writeFile(file, JSON.stringify({ base, arms: ['action'], axes, seeds: [0, 1] }));
    const text = await runGrid(file, out(), null, bench());
    expect(text).toContain('Seeds 0, 1; 2 to 40 steps of 16 users;');
    expect(text).toContain('p < 0.05 in the paired t-test, for each measure');
  });

  it('continues after an interruption with what is missing, and summarise gives the same matrix', async () => {
    const broken = bench(({ seed }) => (seed === 1 ? new Error('power cut') : null));
    await expect(runGrid(file, out(), null, broken)).rejects.toThrow('power cut');
    expect(asked).toEqual(['0 action+karma', '1 action+karma']);
    asked = [];
    const summary = await runGrid(file, out(), null, bench());
    expect(asked).toEqual(['1 action+karma']);
    expect(summary).toContain('4 of 4 cells finished');
    expect(summary).toMatch(/HR@10 \(%\) \| \*\*10\.5 \[/);
    expect(await summarise([out()])).toBe(summary);
    expect(await summarise([out(), '--baseline', 'karma'])).toMatch(/HR@10 \(%\) \| \*\*-10\.5 \[/);
    asked = [];
    expect(await runGrid(file, out(), null, bench())).toBe(summary);
    expect(asked).toEqual([]);
    // One forest plot per measure, of the only arm besides the baseline, in the page's colours.
    const svg = await readFile(path.join(out(), 'differences.svg'), 'utf8');
    expect(svg).toContain('HR@10 (points)</text>');
    expect(svg).toMatch(/^<svg [^>]*><rect [^>]*><\/rect><g /);
    expect(svg.match(/<title>karma<\/title>/g)?.length).toBe(svg.match(/font-weight="600"/g)?.length);
    expect(svg).not.toContain('var(');
  });

  it('reports baselines at their best on validation targets, the trained one at rates of its own in the first run of each seed', async () => {
    const grid = { arms: ['action'], seeds: [0, 1], tune: { rates: [1e-3, 4e-3] }, base: { evaluation: { sasrecSteps: 10 } } };
    const precise = { ...grid, base: { ...grid.base, model: { precision: 'f32' } } };
    await writeFile(file, JSON.stringify(precise));
    const given = bench();
    const seen: RunSpec['evaluation'][] = [];
    const run = async (spec: RunSpec): Promise<RunRecord> => {
      seen.push(spec.evaluation);
      const record = await given.run(spec);
      const ranked = (hr: number) => baselineRecord(ranking(10, hr), ranking(10, hr / 2));
      const tried = [0.2, 0.3].map((hr, i) => ({ setting: { neighbours: 100 - 80 * i, shrink: 0 }, hr }));
      const itemKnn = { ...ranked(0.3), tuning: { targets: 10, k: 10, tried, chosen: 1 } };
      const rates = [1e-3, 3e-3].map((learningRate, i) => ({ setting: { learningRate, step: 4 + 2 * i }, hr: 0.2 + 0.2 * i }));
      const facts = { steps: 6, learningRate: 3e-3, seconds: 1, parameters: 5 };
      const sasrec = { ...ranked(0.4), ...facts, tuning: { targets: 10, k: 10, tried: rates, chosen: 1 } };
      const trained = spec.evaluation.sasrecSteps > 0 ? { sasrec } : {};
      return { ...record, baselines: { ...record.baselines, itemKnn, ...trained } };
    };
    const summary = await runGrid(file, out(), null, { ...given, run });
    expect(seen.map(({ sasrecSteps, baselineTrials }) => [sasrecSteps, baselineTrials])).toEqual([
      [10, 2],
      [0, 2],
      [10, 2],
      [0, 2],
    ]);
    const part = summary.slice(summary.indexOf('## Baselines'));
    expect(part).toMatch(/\| SASRec-size \| a peak learning rate of 0\.003 and 6 steps \| 2 \| 20\.0 ± 0\.0/);
    expect(part).toMatch(/\| item-kNN \| 20 neighbours an item and no shrinkage \| 2 \| 15\.0 ± 0\.0/);
  });

  it('reads runs compressed with gzip', async () => {
    const summary = await runGrid(file, out(), null, bench());
    for (const name of (await readdir(out())).filter((one) => one.endsWith('.run.json'))) {
      const run = path.join(out(), name);
      await writeFile(`${run}.gz`, gzipSync(await readFile(run)));
      await rm(run);
    }
    expect(await summarise([out()])).toBe(summary);
    asked = [];
    await runGrid(file, out(), null, bench());
    expect(asked).toEqual([]);
  });

  /** Arm `karma` diverges with these recipes. */
  const diverging = (where: (spec: RunSpec) => boolean): GridBench =>
    bench((spec) => (where(spec) && spec.arms.some(({ id }) => id === 'karma') ? divergedAt('arm karma', 3, 'karma') : null));

  it('leaves out an arm whose loss is no longer a number, and runs the others of its run', async () => {
    const summary = await runGrid(
      file,
      out(),
      null,
      diverging(({ seed }) => seed === 0),
    );
    expect(asked).toEqual(['0 action+karma', '0 action', '1 action+karma']);
    expect(summary).toContain('3 of 4 cells finished');
    const said = 'Diverged (the loss stopped being a number): karma (seed 0); means are over the other seeds.';
    expect(summary).toContain(said);
    asked = [];
    // It would diverge again.
    expect(await runGrid(file, out(), null, bench())).toBe(summary);
    expect(asked).toEqual([]);
    const table = await summarise([out(), '--format', 'markdown']);
    expect(table).toContain('Diverged (the loss stopped being a number): KARMA (seed 0)');
    expect(table).not.toContain('Preliminary');
  });

  it('leaves out a whole run if a baseline of it diverges', async () => {
    const summary = await runGrid(
      file,
      out(),
      null,
      bench(({ seed }) => (seed === 0 ? divergedAt('the baseline', 3, null) : null)),
    );
    expect(asked).toHaveLength(2);
    expect(summary).toContain('2 of 4 cells finished');
    expect((await readdir(out())).filter((name) => name.endsWith('.run.json'))).toHaveLength(1);
  });

  it('chooses no rate at which a seed diverged, and a rate all the same', async () => {
    await writeFile(file, JSON.stringify({ arms: ['action', 'karma'], seeds: [0, 1], tune: { rates: [0.001, 0.1], k: 10 } }));
    const sampled = diverging(({ seed, training }) => training.learningRate > 0.01 && seed === 1);
    const watched: GridBench = {
      ...sampled,
      run: async (spec) => {
        const record = await sampled.run(spec);
        const arms = record.arms.map((arm) => {
          const [last] = arm.evaluations;
          const hr = spec.training.learningRate;
          const before = evaluation(2, hr, { population: 'sample', ...ranking(10, hr) });
          return { ...arm, evaluations: [before, last!] };
        });
        return { ...record, arms };
      },
    };
    const summary = await runGrid(file, out(), null, watched);
    expect(summary).toMatch(/^\| lr \| 0\.1 \| 0\.001 \|$/m);
    expect(summary).toContain('karma (seed 1, rate 0.1); a rate at which a seed diverged is not chosen.');
  });

  it('compares its runs with what was predicted, and says if that was changed after the run', async () => {
    const one = { arm: 'karma', against: 'action', measure: 'hr@10', expect: 'above', margin: 5 };
    const same = { ...one, against: 'start', measure: 'lmDrift', expect: 'equivalent', margin: 0.1 };
    const grid = { name: 'Two', arms: ['action', 'karma'], seeds: [0, 1], predictions: [one, same] };
    await writeFile(file, JSON.stringify(grid));
    const summary = await runGrid(file, out(), null, bench());
    const [, hash = ''] = /SHA-256 of the predictions ([0-9a-f]{64}); stored in the runs of all 4 finished cells\./.exec(
      summary,
    )!;
    expect(summary).toMatch(
      /\| karma − action \| HR@10 \(points\) \| above 5 \| 10\.5 \[[\d.]+, [\d.]+\] \| 2 seeds × users \| ±[\d.]+ \| \*\*held\*\* \|/,
    );
    // Drift is the same in both seeds: without spread there is no interval.
    expect(summary).toContain('| karma − start | LM drift (nats per token) | within ±0.1 | 0.400 | 2 seeds | – | undecided |');
    const runs = (await readdir(out())).filter((name) => name.endsWith('.run.json'));
    for (const name of runs) {
      const { grid: stored } = JSON.parse(await readFile(path.join(out(), name), 'utf8')) as RunRecord;
      expect(stored).toEqual({ name: 'Two', predictionsHash: hash });
    }
    expect(await summarise([out()])).toBe(summary);
    await writeFile(file, JSON.stringify({ ...grid, predictions: [{ ...one, margin: 1 }, same] }));
    const after = await runGrid(file, out(), null, bench());
    expect(asked).toHaveLength(2);
    expect(after).toContain('**predictions were changed after the run**: 4 of 4 finished cells store the hash of others.');
    await writeFile(file, JSON.stringify({ ...grid, predictions: undefined }));
    expect(await runGrid(file, out(), null, bench())).not.toContain('redictions');
  });

  it('names predictions of what the grid does not have', async () => {
    const one = { arm: 'gen', against: 'action', measure: 'hr@10', expect: 'above', margin: 0 };
    await writeFile(file, JSON.stringify({ arms: ['action', 'karma'], seeds: [0, 1], predictions: [one] }));
    await expect(runGrid(file, out(), null, bench())).rejects.toThrow('predictions.0.arm');
  });

  it('names what is wrong with a file', async () => {
    await writeFile(file, JSON.stringify({ arms: ['nobody'], seeds: [0] }));
    await expect(runGrid(file, out(), null, bench())).rejects.toThrow('There is no arm nobody');
    await writeFile(file, '{');
    await expect(runGrid(file, out(), null, bench())).rejects.toThrow('cannot be read');
    await writeFile(file, JSON.stringify({ arms: ['action'], seeds: [0] }));
    await expect(runGrid(file, out(), 'karma', bench())).rejects.toThrow('There is no row karma');
  });
});
