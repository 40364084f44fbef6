/**
 * `npm run record -- PRESET`: the recorded run with which a preset opens, and the adapters of its arms, as
 * shipped with the site. `npm run record -- llm`: that of a real LLM, whose file is expected in the current
 * folder. `npm run record -- PRESET JOB`: from the folder of an exported job that was trained by PyTorch, or
 * of an earlier such run.
 */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { HEADS_FILE } from '../engine/peft/modules';
import { float8Bits } from '../model/float8';
import { HALF } from '../model/halfPrecision';
import { FLOAT8, narrowedSafetensors, type NarrowFloats } from '../model/safetensors';
import { REAL_LLM_ID, REAL_LLM_OPTIONS } from '../recipe/realLlm';
import { MOST_RECORDED_BYTES, RECORDED_IDS, recordedFiles, type RecordedId } from '../recipe/recordedFiles';
import { runRecordSchema } from '../record/runRecord';
import { zipFiles, type PiecedFile } from '../storage/zipWriter';
import { main } from './main';

/** @param root the repository's folder @returns the process's exit code */
export async function recordPreset(args: readonly string[], root: string): Promise<number> {
  const [id = '', given] = args;
  const recorded = RECORDED_IDS.find((one) => one === id);
  if (recorded === undefined) {
    console.error(`Name one of ${RECORDED_IDS.join(', ')}.`);
    return 2;
  }
  const folder = given ?? (await mkdtemp(path.join(tmpdir(), 'karma-record-')));
  try {
    if (given === undefined) {
      const options = recorded === REAL_LLM_ID ? REAL_LLM_OPTIONS : ['--preset', id];
      const code = await main(
        [...options, '--out', path.join(folder, 'run.json'), '--adapters', path.join(folder, 'adapters')],
        root,
      );
      if (code !== 0) return code;
    }
    await pack(recorded, outputOf(folder), path.join(root, 'public'));
    return 0;
  } finally {
    if (given === undefined) await rm(folder, { recursive: true });
  }
}

/** Where a run's files are: its record, and the folder of each arm's adapter. */
interface Output {
  readonly record: string;
  readonly adapter: (arm: string) => string;
}

/** Of `npm run experiment -- --adapters`, or of the PyTorch trainer. */
function outputOf(folder: string): Output {
  const trained = path.join(folder, 'run');
  return existsSync(trained)
    ? { record: path.join(trained, 'run.json'), adapter: (arm) => path.join(trained, 'arms', arm, 'adapter') }
    : { record: path.join(folder, 'run.json'), adapter: (arm) => path.join(folder, 'adapters', arm) };
}

/** Decimal digits that single precision, in which everything was computed, can tell apart. */
const DIGITS = 7;

const inSinglePrecision = (_: string, value: unknown): unknown =>
  typeof value === 'number' ? Number(value.toPrecision(DIGITS)) : value;

async function pack(id: RecordedId, output: Output, site: string): Promise<void> {
  const { run, adapters } = recordedFiles(id);
  await mkdir(path.join(site, path.dirname(run)), { recursive: true });
  const text = JSON.stringify(JSON.parse(await readFile(output.record, 'utf8')), inSinglePrecision);
  const record = gzipSync(text, { level: 9 });
  await writeFile(path.join(site, run), record);
  console.info(`${run}: ${record.length.toLocaleString('en')} bytes`);
  const parsed = runRecordSchema.parse(JSON.parse(text));
  const { spec } = parsed;
  const arms = spec.arms.map((arm) => arm.id);
  // Those of a real LLM are downloaded only when requested by name.
  const room = id === REAL_LLM_ID ? Infinity : MOST_RECORDED_BYTES - record.length;
  const { zipped, packed, step } = await packArms(arms, output.adapter, room);
  const left = arms.filter((arm) => !packed.includes(arm));
  const without = left.length === 0 ? '' : `, without ${left.join(', ')}: too large`;
  if (packed.length > 0) await writeFile(path.join(site, adapters), zipped);
  else await rm(path.join(site, adapters), { force: true });
  console.info(
    `${adapters}: ${packed.length > 0 ? `${zipped.length.toLocaleString('en')} bytes` : 'none'}${without}${step === null ? '' : `, free embeddings in steps of ${step}`}`,
  );
}

/**
 * Free embeddings of items, by far the largest part of an adapter that has them, are rounded to steps of 2 to
 * these powers if half precision does not fit.
 */
const FREE_EMBEDDINGS = ['z', 'u'];
const STEP_EXPONENTS = [-9, -8, -7, -6, -5, -4, -3];

/**
 * As many arms as fit, in the recipe's order; free embeddings of items in the finest of those steps in which
 * all arms fit.
 */
async function packArms(
  arms: readonly string[],
  folderOf: Output['adapter'],
  room: number,
): Promise<{ readonly zipped: Uint8Array; readonly packed: readonly string[]; readonly step: number | null }> {
  const half = await fitting(arms, folderOf, room, () => HALF);
  if (half.packed.length === arms.length) return { ...half, step: null };
  for (const exponent of STEP_EXPONENTS) {
    const step = 2 ** exponent;
    const coarse = inSteps(step);
    const some = await fitting(arms, folderOf, room, (tensor) => (FREE_EMBEDDINGS.includes(tensor) ? coarse : HALF));
    if (some.packed.length === arms.length) return { ...some, step };
  }
  return { ...half, step: null };
}

/**
 * Multiples of a power of two as 8-bit floats, which hold the first 16 of them exactly; few distinct bytes
 * compress well.
 */
function inSteps(step: number): NarrowFloats {
  return { dtype: FLOAT8, encode: (values) => Uint8Array.from(values, (value) => float8Bits(step * Math.round(value / step))) };
}

async function fitting(
  arms: readonly string[],
  folderOf: Output['adapter'],
  room: number,
  narrow: (tensor: string) => NarrowFloats,
): Promise<{ readonly zipped: Uint8Array; readonly packed: readonly string[] }> {
  let files: PiecedFile[] = [];
  const packed: string[] = [];
  for (const arm of arms) {
    const more = [...files, ...(await adapterFiles(folderOf(arm), arm, narrow))];
    if (zipFiles(more).size > room) continue;
    files = more;
    packed.push(arm);
  }
  return { zipped: new Uint8Array(await zipFiles(files).arrayBuffer()), packed };
}

/**
 * Files `arm/file`, with numbers in fewer bits, precise enough for rankings, attention and text. `narrow`
 * applies to the heads.
 */
async function adapterFiles(folder: string, arm: string, narrow: (tensor: string) => NarrowFloats): Promise<PiecedFile[]> {
  const files: PiecedFile[] = [];
  for (const name of (await readdir(folder)).sort()) {
    if (name.endsWith('.md')) continue;
    const bytes = Uint8Array.from(await readFile(path.join(folder, name)));
    const content = name.endsWith('.safetensors')
      ? narrowedSafetensors(bytes, name, name === HEADS_FILE ? narrow : () => HALF)
      : bytes;
    files.push({ path: `${arm}/${name}`, pieces: [content], deflated: deflateRawSync(content, { level: 9 }) });
  }
  return files;
}
