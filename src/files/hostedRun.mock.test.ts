import { gzipSync, strToU8, zipSync } from 'fflate';
import { afterEach, expect, it, vi } from 'vitest';
import { smallRecord } from '../testing/smallRecord';
import { checklist } from '../readings/methods/checklist';
import { packExperiment } from './experimentArchive';
import { fetchHosted, fetchHostedRun } from './hostedRun';

const URL_OF_ZIP = 'https://papers.example/runs/ours.experiment.zip';
const record = smallRecord();

function serve(bytes: Uint8Array<ArrayBuffer>): void {
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(bytes)));
}

const bytesOf = (from: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(from);

afterEach(() => {
  vi.unstubAllGlobals();
});

it('shows the run of a published experiment, as of a run file, packed or not', async () => {
  const whole = { kind: 'record', record };
  for (const parts of [
    { adapters: [], log: null, problem: null },
    { adapters: [{ arm: 'karma', files: [{ name: 'adapter_config.json', bytes: strToU8('{}') }] }], log: null, problem: null },
  ]) {
    serve(await packExperiment(record, null, checklist(record, []), parts));
    expect(await fetchHostedRun(URL_OF_ZIP)).toEqual(whole);
  }
  const text = strToU8(JSON.stringify(record));
  for (const bytes of [text, gzipSync(text)]) {
    serve(bytesOf(bytes));
    expect(await fetchHostedRun('https://papers.example/run.json')).toEqual(whole);
  }
});

it('says why another ZIP is not opened, or one that is damaged or lacks its run', async () => {
  serve(bytesOf(zipSync({ 'ratings.csv': strToU8('user,item\n') })));
  expect(await fetchHostedRun(URL_OF_ZIP)).toMatchObject({
    kind: 'unreadable',
    reason: 'ours.experiment.zip is not an experiment that this page exported. Download it, and open it as a file.',
  });
  const manifest = { format: 'karma-experiment', version: 1, appVersion: '0', record: 'run.json', log: null };
  serve(bytesOf(zipSync({ 'karma-experiment.json': strToU8(JSON.stringify(manifest)) })));
  expect(await fetchHostedRun(URL_OF_ZIP)).toMatchObject({
    kind: 'unreadable',
    reason: expect.stringContaining('run.json') as string,
  });
  serve(bytesOf(zipSync({ 'a.csv': strToU8('x') })).slice(0, 40));
  expect(await fetchHostedRun(URL_OF_ZIP)).toMatchObject({ kind: 'unreadable' });
  serve(bytesOf(strToU8('{}')));
  expect(await fetchHosted('https://papers.example/grid.json')).toEqual({ text: '{}' });
});
