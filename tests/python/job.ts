/** Exported jobs in temporary folders, and the trainer on them. */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { jobFiles, type JobInputs } from '../../src/experiment/job/jobFiles';
import { runRecordSchema, type RunRecord } from '../../src/record/runRecord';

export const MODEL = path.resolve('public/models/wordnet-1m');
const PACKAGE = path.resolve('python');

/** A Python with what the trainer needs for the embedded model, or null. */
export const python: string | null =
  ['/usr/bin/python3', 'python3'].find(
    (command) => spawnSync(command, ['-c', 'import torch, numpy, safetensors']).status === 0,
  ) ?? null;

const QUIET = { OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1', PYTHONDONTWRITEBYTECODE: '1' };

/** Features of a catalogue, which jobs with the same texts share: the first one of a test process computes them. */
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
  inputs: Omit<JobInputs, 'withModel' | 'start'> & Partial<Pick<JobInputs, 'start'>>,
): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'karma-job-'));
  for (const { path: file, bytes } of await jobFiles({ start: null, ...inputs, withModel: true })) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), bytes);
  }
  cpSync(MODEL, path.join(folder, 'model'), { recursive: true });
  symlinkSync(sharedCache(), path.join(folder, 'cache'));
  return folder;
}

/** A module of python/ that prints JSON. */
export function askPython(module: string, ...args: string[]): { readonly status: number | null; readonly answer: string } {
  const env = { ...process.env, ...QUIET };
  const { status, stdout, stderr } = spawnSync(python!, ['-m', module, ...args], { cwd: PACKAGE, encoding: 'utf8', env });
  return { status, answer: status === 0 ? stdout : `${stdout}\n${stderr}` };
}

/** Trains a job as a user would, on one process or more. @returns what it printed @throws Error when it fails */
export async function train(folder: string, processes: number, ...options: string[]): Promise<string> {
  const launcher = processes === 1 ? [] : ['-m', 'karma.launch', '--standalone', '--nproc-per-node', String(processes)];
  const child = spawn(python!, [...launcher, 'train.py', '--threads', '1', ...options], {
    cwd: folder,
    env: { ...process.env, ...QUIET },
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (printed += text.toString()));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`train.py ended with ${code}:\n${printed}`);
  return printed;
}

export function recordOf(folder: string, file = 'run/run.json'): RunRecord {
  return runRecordSchema.parse(JSON.parse(readFileSync(path.join(folder, file), 'utf8')));
}
