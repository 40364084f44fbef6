import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { toCsv } from '../charts/export/table';
import { metricsTable } from './metricsTable';
import { readLog } from '../log/readLog';
import { writeLog } from '../log/writeLog';
import { runSpecSchema } from '../recipe/runSpec';
import type { ExperimentParts } from '../experiment/train/experimentParts';
import { adapterIn } from './adapterFiles';
import { ArchiveError } from './unzipFiles';
import { readOwnJson } from './readRecord';
import { isRunArchive, packRuns } from './runArchive';
import { describeRun } from '../readings/runs/runEntry';
import { smallRecord } from '../testing/smallRecord';
import { checklist } from '../readings/methods/checklist';
import { isExperimentArchive, packExperiment, unpackExperiment } from './experimentArchive';

const NOTHING: ExperimentParts = { adapters: [], log: null, problem: null };
const ADAPTER = { arm: 'karma', files: [{ name: 'adapter_config.json', bytes: new TextEncoder().encode('{}') }] };

const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);
const fileOf = (bytes: BlobPart): File => new File([bytes], 'x.experiment.zip');

async function smallLog() {
  const rows = Array.from({ length: 24 }, (_, at) => `u${at % 4},i${(at * 5) % 7},${at},Thing ${(at * 5) % 7}\n`);
  return readLog([new File([`user,item,time,title\n${rows.join('')}`], 'shop.csv')]);
}

describe('an experiment as one ZIP', () => {
  it('reads back as the same record', async () => {
    const record = smallRecord();
    const bytes = await packExperiment(record, null, checklist(record, []), NOTHING);
    expect(await unpackExperiment('x.zip', new Blob([bytes]))).toEqual({ record, log: null, notes: '' });
  });

  it('has the notes on the run, for readers and for whoever opens it', async () => {
    const notes = '**Odd**: seed 3 diverged.\n\n- look at step 40';
    const bytes = await packExperiment(smallRecord(), null, [], NOTHING, notes);
    expect((await unpackExperiment('x.zip', new Blob([bytes]))).notes).toBe(notes);
    expect(text(unzipSync(bytes)['notes.md'])).toContain(notes);
  });

  it('has recipe, metrics, methods and adapters beside it, each as saved separately', async () => {
    const record = smallRecord();
    const files = unzipSync(await packExperiment(record, null, checklist(record, []), { ...NOTHING, adapters: [ADAPTER] }));
    expect(Object.keys(files).sort()).toEqual([
      'adapters/karma-karma-lora/adapter_config.json',
      'checklist.md',
      'karma-experiment.json',
      'methods.md',
      'metrics.csv',
      'recipe.json',
      'run.json',
    ]);
    expect(readOwnJson(text(files['recipe.json']))).toEqual({
      kind: 'recipe',
      spec: runSpecSchema.parse(record.spec),
      log: null,
    });
    expect(text(files['metrics.csv'])).toBe(toCsv(metricsTable(record)));
    expect(text(files['methods.md'])).toContain('[O]');
  });

  it('includes its log on request: the same log', async () => {
    const read = await smallLog();
    const record = smallRecord();
    const bytes = await packExperiment(record, null, checklist(record, []), { ...NOTHING, log: await writeLog(read) });
    const { log } = await unpackExperiment('x.zip', new Blob([bytes]));
    const again = await readLog(log!.files, { recipe: log!.recipe });
    expect(again.log).toEqual(read.log);
    expect(again.split).toEqual(read.split);
  });

  it('is distinguished from a collection of runs, and from an adapter', async () => {
    const record = smallRecord();
    const experiment = fileOf(await packExperiment(record, null, checklist(record, []), { ...NOTHING, adapters: [ADAPTER] }));
    const entry = describeRun(record, { status: 'finished' });
    const runs = fileOf(await packRuns([{ entry, record }]));
    expect([await isExperimentArchive(experiment), await isRunArchive(experiment)]).toEqual([true, false]);
    expect([await isExperimentArchive(runs), await isRunArchive(runs)]).toEqual([false, true]);
    expect(await adapterIn([experiment])).toBeNull();
    expect(await isExperimentArchive(new File(['no zip'], 'x.zip'))).toBe(false);
  });

  it('is refused with an error if it is damaged', async () => {
    const bytes = await packExperiment(smallRecord(), null, [], NOTHING);
    await expect(unpackExperiment('x.zip', new Blob([bytes.slice(0, 200)]))).rejects.toThrow(ArchiveError);
    const renamed = await packExperiment({ ...smallRecord(), version: 3 } as never, null, [], NOTHING);
    await expect(unpackExperiment('x.zip', new Blob([renamed]))).rejects.toThrow(
      'run.json cannot be read. version must be 2, not 3.',
    );
  });
});
