/** Exported jobs in temporary folders, and the trainer on them. */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { jobFiles, type JobInputs } from '../../src/experiment/job/jobFiles';
import { runRecordSchema, type RunRecord } from '../../src/record/runRecord';
import { pythonPath, runPython, trainJobs } from '../../src/testing/python';

export const MODEL = path.resolve('public/models/wordnet-1m');

const FINDS_ALL = `
import importlib.util, sys
sys.exit(not all(map(importlib.util.find_spec, ("torch", "numpy", "safetensors"))))`;

/** A Python with what the trainer needs for the embedded model, or null. */
export const python: string | null =
  [pythonPath(), '/usr/bin/python3'].find((command) => spawnSync(command, ['-c', FINDS_ALL]).status === 0) ?? null;

const QUIET = { OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1', PYTHONDONTWRITEBYTECODE: '1' };

/**
 * Features of a catalogue, which jobs with the same texts share: the first one of a test process computes
 * them.
 */
const CACHE = path.resolve('test-results/job-cache');
let isFresh = false;

function sharedCache(): string {
  if (!isFresh) rmSync(CACHE, { recursive: true, force: true });
  isFresh = true;
  mkdirSync(CACHE, { recursive: true });
  return CACHE;
}

/** Writes a job with the embedded model. @returns its folder */
export async function exported(
  inputs: Omit<JobInputs, 'withModel' | 'start' | 'stored'> & Partial<Pick<JobInputs, 'start' | 'stored'>>,
): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'karma-job-'));
  for (const { path: file, bytes } of await jobFiles({ start: null, stored: null, ...inputs, withModel: true })) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), bytes);
  }
  cpSync(MODEL, path.join(folder, 'model'), { recursive: true });
  // A job may have features of its own.
  if (!existsSync(path.join(folder, 'cache'))) symlinkSync(sharedCache(), path.join(folder, 'cache'));
  return folder;
}

/** Works on a job (`exported`), which is deleted afterwards. */
export async function withJob<T>(inputs: Parameters<typeof exported>[0], work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await exported(inputs);
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A module of python/ that prints JSON. */
export async function askPython(
  module: string,
  ...args: string[]
): Promise<{ readonly status: number; readonly answer: string }> {
  const { status, stdout, stderr } = await runPython(module, args, python!);
  return { status, answer: status === 0 ? stdout.toString() : `${stdout.toString()}\n${stderr}` };
}

/** Trains a job as a person would, on two processes, into its folder `out`. @throws Error when it fails */
export async function trainAsPerson(folder: string, out: string): Promise<void> {
  const line = ['-m', 'karma.launch', '--standalone', '--nproc-per-node', '2', 'train.py', '--threads', '1', '--out', out];
  const child = spawn(python!, line, { cwd: folder, env: { ...process.env, ...QUIET } });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (printed += text.toString()));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`train.py ended with ${code}:\n${printed}`);
}

/**
 * Trains a job on one process or more, which are forked from one that is there.
 * @returns what they printed
 * @throws Error when it fails
 */
export async function train(folder: string, processes: number, out = 'run'): Promise<string> {
  const args = [path.join(folder, 'recipe.json'), '--threads', '1', '--out', path.join(folder, out)];
  const { status, stdout, stderr } = await trainJobs([{ processes, args }], python!);
  if (status !== 0) throw new Error(`The trainer ended with ${status}:\n${stdout.toString()}${stderr}`);
  return stdout.toString();
}

export function recordOf(folder: string, file = 'run/run.json'): RunRecord {
  return runRecordSchema.parse(JSON.parse(readFileSync(path.join(folder, file), 'utf8')));
}
