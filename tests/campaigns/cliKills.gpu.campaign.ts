/**
 * `npm run experiment` is killed at random moments, for a run and for a grid, and started again as its help
 * describes.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import { smallLog } from '../../e2e/support/logs';
import { runRecordSchema } from '../../src/record/runRecord';
import type { Campaign, Figures } from '../../src/testing/campaign';
import { caseSeed } from '../../src/testing/seed';
import { runScript, type EndedProcess } from '../../src/testing/killedProcess';
import { firstDifference, measuredBy, type MeasuredValues } from '../../src/testing/measured';
import { tinyModel } from '../../src/testing/tinyModel';

const BASE = {
  training: { steps: 5, batchSize: 4 },
  evaluation: {
    evaluations: 1,
    sampleUsers: 4,
    finalUsers: 8,
    probes: 2,
    domainTexts: ['harp: a stringed instrument'],
    prompts: '',
  },
};
const GRID = { format: 'karma-grid', version: 1, name: 'Killed', base: BASE, arms: ['karma'], seeds: [0, 1] };
/** The same recipe for a single run. */
const BASE_OPTIONS = Object.entries(BASE).flatMap(([section, fields]) =>
  Object.entries(fields).flatMap(([name, value]) => ['--set', `${section}.${name}=${JSON.stringify(value)}`]),
);
/** Exit code of options, or a checkpoint, that do not fit. */
const REFUSED = 2;

type What = 'run' | 'grid';

const campaign: Campaign = {
  claim:
    'a run or a grid of the command line that is killed, and half of the time killed again, is resumed to the numbers of an unbroken one; its files are whole or not there',
  cases: 100,
  summed: ['kills', 'kills in training', 'grids'],
  // Two or three processes, each of which compiles its kernels: too slow for everyday tests.
  sample: 0,
  open: async (seed) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'karma-cli-kills-'));
    const log = path.join(folder, smallLog().name);
    const grid = path.join(folder, 'grid.json');
    writeFileSync(log, smallLog().text);
    writeFileSync(grid, JSON.stringify(GRID));
    const model = path.join(folder, 'tiny');
    mkdirSync(model);
    for (const [name, bytes] of tinyModel()) writeFileSync(path.join(model, name), bytes);
    const start = (what: What, out: string, more: readonly string[] = [], killAfter?: number): Promise<EndedProcess> =>
      runScript(
        'tools/experiment.mjs',
        [
          ...['--log', log, '--model', model, '--out', out, '--checkpoint-every', '0'],
          ...(what === 'grid' ? ['--grid', grid] : BASE_OPTIONS),
          ...more,
        ],
        killAfter,
      );
    const inFolder = async <T>(what: What, work: (out: string) => Promise<T>): Promise<T> => {
      const place = mkdtempSync(path.join(folder, 'case-'));
      try {
        return await work(what === 'run' ? path.join(place, 'run.json') : place);
      } finally {
        rmSync(place, { recursive: true });
      }
    };
    const whole = async (what: What): Promise<{ readonly measured: unknown; readonly milliseconds: number }> =>
      inFolder(what, async (out) => {
        // The first one fills the cache for the others.
        await sound(start(what, out));
        rmSync(out, { recursive: true });
        const { milliseconds } = await sound(start(what, out));
        return { measured: measuredIn(out), milliseconds };
      });
    const unbroken = { run: await whole('run'), grid: await whole('grid') };
    return {
      run: (index) => {
        const what = index % 2 === 0 ? 'run' : 'grid';
        return inFolder(what, async (out) => {
          const moment = (draw: number): number => (caseSeed(caseSeed(seed, index), draw) >>> 0) / 2 ** 32;
          const figures: Record<string, number> = { kills: 0, 'kills in training': 0, grids: Number(what === 'grid') };
          const again = moment(0) < 0.5 ? 2 : 1;
          for (let kill = 0; kill < again; kill++) {
            const killed = await goOn(start, what, out, kill > 0, moment(1 + kill) * unbroken[what].milliseconds);
            if (killed.code !== null) continue;
            figures.kills! += 1;
            figures['kills in training']! += Number(/ \d+\/\d+ /.test(killed.said));
            measuredIn(out);
          }
          await sound(goOn(start, what, out, true));
          expect(firstDifference(measuredIn(out), unbroken[what].measured)).toBeNull();
          expect(leftovers(out), 'checkpoints left').toEqual([]);
          return figures satisfies Figures;
        });
      },
      close: () => {
        rmSync(folder, { recursive: true });
      },
    };
  },
};
export default campaign;

type Start = (what: What, out: string, more?: readonly string[], killAfter?: number) => Promise<EndedProcess>;

/** Starts a run, or continues after a kill: a grid by itself, a run with --resume if it has a checkpoint. */
async function goOn(start: Start, what: What, out: string, killedBefore: boolean, killAfter?: number): Promise<EndedProcess> {
  if (!killedBefore || what === 'grid') return start(what, out, [], killAfter);
  const resumed = await start(what, out, ['--resume'], killAfter);
  if (resumed.code !== REFUSED) return resumed;
  // Killed before its first checkpoint, or after its last output.
  expect(resumed.complaints).toContain('nothing to resume');
  return existsSync(out) ? { ...resumed, code: 0 } : start(what, out, [], killAfter);
}

/** @throws Error unless it ended well */
async function sound(ended: Promise<EndedProcess>): Promise<EndedProcess> {
  const { code, said, complaints } = await ended;
  if (code !== 0) throw new Error(`The command failed (${code}).\n${said}\n${complaints}`);
  return ended;
}

/** The contents of run files, by name. @throws Error when one is incomplete */
function measuredIn(out: string): Readonly<Record<string, MeasuredValues>> {
  const folder = out.endsWith('.json') ? path.dirname(out) : out;
  const runs = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .flatMap((name) => {
      if (!name.endsWith('.json')) return [];
      const record = runRecordSchema.safeParse(JSON.parse(readFileSync(path.join(folder, name), 'utf8')));
      return record.success ? [[name, measuredBy(record.data)] as const] : [];
    });
  return Object.fromEntries(runs);
}

function leftovers(out: string): string[] {
  const folder = out.endsWith('.json') ? path.dirname(out) : out;
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('checkpoint'));
}
