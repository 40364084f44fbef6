/** `npm run verify:llm -- FOLDER|FILE.gguf`: a table of checks of one model. Exit code: `--help`. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { prepareTiles } from '../engine/gemm/gemmTuning';
import { diskTuning } from '../cli/diskSource';
import { explained } from '../cli/explained';
import { UsageError } from '../cli/usageError';
import { writeWhole } from '../cli/writeWhole';
import { openNodeGpu } from '../gpu/node';
import { configureOrt } from '../model/ortSession';
import { exitCode, rowsTable } from './rows';
import { verifyModel, FULL_VERIFICATION, type VerificationPart } from './verify';

const USAGE = `npm run verify:llm -- PLACE [options]
  PLACE            a model’s folder (config.json, tokenizer.json, model.safetensors), or a GGUF file
  --parts NAMES    only these besides tokenizer and logits: ${FULL_VERIFICATION.parts.join(',')}, or none (all)
  --out FILE       write the table there too, as Markdown
  --help           this text

Compares this program’s reading of the model with tokenizers, transformers, PEFT and PyTorch (in the project’s Python), ONNX Runtime and transformers.js.
Needs room for four copies of the model in float32, on disk and in memory; no GPU. Exit codes: 0 every check passed; 1 one failed, or a defect of this program;
2 the model or the options cannot be read; 3 something could not be checked here.`;

/** @param python a Python with PyTorch; null if there is none. @returns the process's exit code */
export async function verifyMain(args: readonly string[], root: string, python: string | null): Promise<number> {
  try {
    return await run(args, root, python);
  } catch (error) {
    const { words, code } = explained(error);
    console.error(words);
    return code;
  }
}

async function run(args: readonly string[], root: string, python: string | null): Promise<number> {
  const { place, out, parts } = readArgs(args);
  if (place === null) {
    console.info(USAGE);
    return 0;
  }
  const started = performance.now();
  const gpu = await openNodeGpu();
  const folder = await mkdtemp(path.join(tmpdir(), 'karma-verify-'));
  try {
    await prepareTiles(gpu, diskTuning(path.join(root, '.cache')));
    configureOrt();
    const { description, device, fallback } = gpu.adapter;
    const adapter = `${description || device}${fallback ? ' (software)' : ''}`;
    console.info(`adapter: ${adapter}`);
    const { rows, model } = await verifyModel({
      place,
      gpu,
      folder,
      python: python === null ? null : (where) => askPython(python, root, where),
      ...FULL_VERIFICATION,
      parts,
      say: (line) => {
        console.info(line);
      },
    });
    const minutes = ((performance.now() - started) / 60_000).toFixed(1);
    const what = `${path.basename(place)} (${model.config.architecture}, SHA-256 of its weights ${model.hash}), ${new Date().toISOString().slice(0, 10)}, ${adapter}, ${minutes} min:`;
    const text = `${what}\n\n${rowsTable(rows)}`;
    console.info(`\n${text}`);
    if (out !== null) await writeWhole(out, `${text}\n`);
    return exitCode(rows);
  } finally {
    gpu.device.destroy();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Args {
  /** Null when help was requested. */
  readonly place: string | null;
  readonly out: string | null;
  readonly parts: readonly VerificationPart[];
}

function readArgs(args: readonly string[]): Args {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { out: { type: 'string' }, parts: { type: 'string' }, help: { type: 'boolean', default: false } },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  const { values, positionals } = parsed;
  const parts = partsOf(values.parts);
  const out = values.out ?? null;
  if (values.help) return { place: null, out, parts };
  const [place] = positionals;
  if (place === undefined || positionals.length > 1) throw new UsageError('Name one model: a folder, or a GGUF file.');
  return { place, out, parts };
}

function partsOf(text: string | undefined): readonly VerificationPart[] {
  if (text === undefined) return FULL_VERIFICATION.parts;
  return text
    .split(',')
    .filter((name) => name !== 'none')
    .map((name) => {
      const part = FULL_VERIFICATION.parts.find((one) => one === name);
      if (part === undefined)
        throw new UsageError(`There is no part ${name}; choose from ${FULL_VERIFICATION.parts.join(', ')}, none.`);
      return part;
    });
}

function askPython(python: string, root: string, folder: string): Promise<void> {
  const packages = [path.join(root, 'python'), process.env.PYTHONPATH ?? ''].filter(Boolean).join(path.delimiter);
  const env = { ...process.env, PYTHONPATH: packages, OPENBLAS_NUM_THREADS: '1', HF_HUB_OFFLINE: '1' };
  const child = spawn(python, ['-m', 'oracle.verify_llm', folder], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let last = '';
  child.stderr.on('data', (bytes: Buffer) => {
    last = (last + bytes.toString()).slice(-2000);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`Python ended with ${code ?? signal}: ${last.trim().split('\n').at(-1) ?? ''}`));
    });
  });
}
