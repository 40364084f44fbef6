import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { smallRecord } from '../testing/smallRecord';
import { DiskCheckpoints } from './keptRun';

let folder: string;
let out: string;
const warned: string[] = [];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kept-run-'));
  out = path.join(folder, 'run.json');
  warned.length = 0;
  vi.spyOn(console, 'warn').mockImplementation((words: string) => void warned.push(words));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

const kept = (): DiskCheckpoints => new DiskCheckpoints({ out, grid: null, resume: true, checkpointEvery: 15 });

it('says once that checkpoints cannot be written, and lets training go on', async () => {
  // What a full disk refuses, a folder in the file's place refuses too, in the same way.
  for (const slot of [0, 1]) await mkdir(`${out}.checkpoint-${slot}`);
  const checkpoints = kept().checkpoints();
  await checkpoints.take(() => Promise.resolve(Uint8Array.of(1)));
  await checkpoints.settled();
  await checkpoints.take(() => Promise.resolve(Uint8Array.of(2)));
  await checkpoints.settled();
  expect(checkpoints.problem).toMatch(/EISDIR/);
  expect(warned).toHaveLength(1);
  expect(warned[0]).toMatch(/^No checkpoint could be written beside .*run\.json \(.*\)\. Training continues without\.$/);
});

it('names a damaged checkpoint instead of saying that there is none', async () => {
  await expect(kept().resume(smallRecord().spec)).rejects.toThrow(/There is no checkpoint beside/);
  await writeFile(`${out}.checkpoint-0`, 'KSLOT001 but cut off');
  await expect(kept().resume(smallRecord().spec)).rejects.toThrow(/starts afresh, and replaces the damaged checkpoint/);
  expect(warned[0]).toMatch(/is damaged: nothing of it can be resumed\.$/);
});
