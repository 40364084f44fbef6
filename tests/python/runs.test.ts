/**
 * `karma.open_run` and `karma.compare`, of the built wheel, against the page's statistics of the same runs.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readGrid, readRuns } from '../../src/cli/gridFolder';
import { gridMatrix } from '../../src/experiment/grid/matrix';
import { planGrid } from '../../src/experiment/grid/plan';
import { finishedCells } from '../../src/experiment/grid/results';
import { logName } from '../../src/experiment/grid/cellKey';
import { measuresAt } from '../../src/measures/measures';
import { pythonPath } from '../../src/testing/python';
import { skipUnless } from '../../src/testing/skipUnless';

const RUNS = path.resolve('docs/findings/strong-trace');

const python = [pythonPath(), '/usr/bin/python3'].find(
  (command) => spawnSync(command, ['-c', 'import pandas, pip, setuptools, wheel']).status === 0,
);

const NOTEBOOK = 'docs/runs.ipynb';

/** The notebook as it is after running it, without what differs from run to run. */
const EXECUTED = `
import os, warnings
warnings.simplefilter("ignore")  # those of Jupyter itself; what the notebook warns of is among its outputs
import nbclient, nbformat
os.chdir(${JSON.stringify(path.resolve('docs'))})
notebook = nbformat.read(${JSON.stringify(path.resolve(NOTEBOOK))}, as_version=4)
nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
notebook.metadata.pop("language_info", None)
for cell in notebook.cells: cell.metadata.clear()
print(json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True))`;

interface Compared {
  readonly measure: string;
  readonly arm: string;
  readonly n: number;
  readonly difference: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly over_users: boolean;
  readonly p: number | null;
  readonly adjusted: number | null;
}

describe('the wheel', () => {
  skipUnless(python !== undefined, 'there is no Python with pandas, pip, setuptools and wheel here');

  let folder: string;
  beforeAll(() => {
    if (python === undefined) return;
    folder = mkdtempSync(path.join(tmpdir(), 'karma-wheel-'));
    const pip = (...args: string[]): void => {
      const { status, stderr } = spawnSync(python, ['-m', 'pip', ...args, '--no-deps', '--quiet'], { encoding: 'utf8' });
      expect(status, stderr).toBe(0);
    };
    pip('wheel', path.resolve('python'), '--no-build-isolation', '--wheel-dir', folder);
    const [wheel] = readdirSync(folder);
    pip('install', path.join(folder, wheel!), '--target', path.join(folder, 'installed'));
  });
  afterAll(() => {
    if (python === undefined) return;
    // setuptools leaves these beside the source, and would pack what is in the first again.
    for (const left of [folder, 'python/build', 'python/karma_playground.egg-info'])
      rmSync(left, { recursive: true, force: true });
  });

  const run = (code: string): { stdout: string; stderr: string } =>
    spawnSync(python!, ['-W', 'error', '-c', `import glob, json, karma\n${code}`], {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 1e9,
      env: { ...process.env, PYTHONPATH: path.join(folder, 'installed'), OPENBLAS_NUM_THREADS: '1' },
    });
  const open = `runs = [karma.open_run(file) for file in sorted(glob.glob(${JSON.stringify(`${RUNS}/*.run.json.gz`)}))]`;

  it('compares runs as the page does, to its digits', async () => {
    const { stdout, stderr } = run(`${open}\nprint(karma.compare(runs).to_json(orient="records", double_precision=15))`);
    expect(stderr).toBe('');
    const ours = new Map((JSON.parse(stdout) as Compared[]).map((one) => [`${one.arm} ${one.measure}`, one]));
    const known = await readRuns(RUNS);
    const [first] = known;
    const plan = planGrid(await readGrid(path.join(RUNS, 'grid.json')), logName(first!.spec.data.id, first!.data.hash));
    const rows = gridMatrix(plan, finishedCells(known), measuresAt(plan.grid.base.evaluation.ks), null);
    let compared = 0;
    for (const { variant, entries } of rows) {
      for (const { measure, comparison } of entries) {
        if (comparison === null) continue;
        const one = ours.get(`${variant.arm.id} ${measure.id}`);
        expect(one, `${variant.arm.id} ${measure.id}`).toMatchObject({ n: comparison.n, over_users: comparison.overUsers });
        for (const name of ['difference', 'low', 'high', 'p', 'adjusted'] as const) {
          const [own, theirs] = [comparison[name], one![name]];
          expect(theirs === null, `${name} of ${variant.arm.id} ${measure.id}`).toBe(own === null);
          if (own !== null) expect(Math.abs(theirs! - own)).toBeLessThan(1e-9 * Math.max(1, Math.abs(own)));
        }
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(100);
  });

  it('gives tables and attention, and says what is wrong with a file', () => {
    const attention = {
      step: 3,
      probes: 1,
      layers: 1,
      heads: 1,
      length: 2,
      data: Buffer.from([255, 0, 51, 204]).toString('base64'),
    };
    const { stdout, stderr } = run(`${open}
run = runs[0]
run.record["arms"][0]["attention"] = [${JSON.stringify(attention)}]
last = run.ranks.query("arm == 'karma' and population == 'all'")
row = run.evaluations.query("arm == 'karma' and population == 'all'").iloc[0]
assert abs((last["rank"] <= 10).mean() - row["hr@10"]) < 1e-6
assert len(run.steps) == sum(len(arm["steps"]["step"]) for arm in run.record["arms"]), run.steps
print(json.dumps([str(value) for value in run.attention("action")[0, 0, 0].ravel()]))
for file in ("old.json", "other.json"):
    try: karma.open_run(file)
    except Exception as error: print(error)`);
    expect(stderr).toBe('');
    expect(stdout.split('\n')).toEqual([
      '["1.0", "nan", "0.2", "0.8"]',
      expect.stringContaining('export it again'),
      expect.stringContaining('no run file'),
      '',
    ]);
  });

  describe('in a notebook', () => {
    const has = python !== undefined && spawnSync(python, ['-c', 'import nbclient, ipykernel']).status === 0;
    skipUnless(has, 'there is no Jupyter (nbclient, ipykernel) here');

    // `-u` writes what it printed into the document.
    it('gives what docs/runs.ipynb shows', async () => {
      const { stdout, stderr } = run(EXECUTED);
      expect(stderr).toBe('');
      await expect(stdout).toMatchFileSnapshot(path.resolve(NOTEBOOK));
    });
  });

  beforeAll(() => {
    if (python === undefined) return;
    writeFileSync(path.join(folder, 'old.json'), '{"format": "karma-run", "version": 1}');
    writeFileSync(path.join(folder, 'other.json'), '{"format": ');
  });
});
