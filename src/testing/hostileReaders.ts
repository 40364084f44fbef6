/** Every reader of files or texts from outside, each with a good file; logs have a campaign of their own. */
import { readFileSync } from 'node:fs';
import { zipSync } from 'fflate';
import { CheckpointError, readCheckpoint } from '../experiment/train/checkpoint';
import { gridSchema } from '../experiment/grid/gridSpec';
import { startAdapter } from '../experiment/train/startAdapter';
import { PEFT_CONFIG, PEFT_WEIGHTS } from '../engine/peft/modules';
import { ggufSource } from '../model/gguf/ggufSource';
import { writtenTokenizer } from '../model/gguf/writeTokenizer';
import { loadConfig } from '../model/loadModel';
import { ModelError } from '../model/modelError';
import { readConfig } from '../model/readConfig';
import { parseSafetensors, writeSafetensors } from '../model/safetensors';
import { blobFile } from '../model/source/modelSource';
import { packRuns, unpackRuns } from '../files/runArchive';
import { describeRun } from '../readings/runs/runEntry';
import { ArchiveError } from '../files/unzipFiles';
import { readOwnJson } from '../files/readRecord';
import { readLink, writeLink } from '../files/shareLink';
import { writeRecipe } from '../recipe/recipeFile';
import { PRESETS } from '../recipe/presets';
import { runSpecSchema } from '../recipe/runSpec';
import { memorySlots, TwoSlots } from '../storage/twoSlots';
import type { Bytes } from './damagedLogs';
import { smallRecord } from './smallRecord';
import { TINY_CONFIG, tinyModel } from './tinyModel';

/** Why a file was refused, or null if it was read. */
type Refusal = string | null;

export interface HostileReader {
  readonly name: string;
  /** A good file, as parsed JSON if it is JSON. */
  readonly good: { readonly json: unknown } | { readonly bytes: Bytes };
  /** @throws only errors that the reader does not explain itself */
  readonly read: (bytes: Bytes) => Promise<Refusal> | Refusal;
}

/** An archive is refused as a whole, or by the runs in it. */
async function ofRuns(archive: Blob): Promise<Refusal> {
  let problems: readonly string[] = [];
  const refused = await refusal([ArchiveError], async () => {
    ({ problems } = await unpackRuns('runs.zip', archive, () => Promise.resolve(true)));
  });
  return refused ?? problems[0] ?? null;
}

const encode = (text: string): Bytes => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const file = (name: string): Bytes => Uint8Array.from(readFileSync(name));

/** The message of an error of one of these classes, with its advice. */
async function refusal(kinds: readonly (abstract new (...args: never[]) => Error)[], read: () => unknown): Promise<Refusal> {
  try {
    await read();
    return null;
  } catch (error) {
    if (!kinds.some((kind) => error instanceof kind)) throw error;
    const { message } = error as Error;
    return 'advice' in (error as object) ? `${message} ${String((error as { readonly advice: unknown }).advice)}` : message;
  }
}

function jsonOr(bytes: Bytes): unknown {
  try {
    return JSON.parse(decode(bytes));
  } catch {
    return null;
  }
}

const ofJson = (bytes: Bytes): Refusal => {
  const read = readOwnJson(decode(bytes));
  return read.kind === 'unreadable' ? read.reason : null;
};

const LORA = {
  peft_type: 'LORA',
  r: 2,
  lora_alpha: 4,
  bias: 'none',
  base_model_name_or_path: 'x',
  rank_pattern: {},
  alpha_pattern: {},
};
const WEIGHTS = writeSafetensors(
  {
    'base_model.model.a.lora_A.weight': { shape: [2, 3], data: new Float32Array(6) },
    b: { shape: [2], data: new Float32Array(2) },
  },
  { base: 'x' },
);
const adapterOf = (config: Bytes, weights: Bytes): unknown =>
  startAdapter(
    'a',
    new Map([
      [PEFT_CONFIG, config],
      [PEFT_WEIGHTS, weights],
    ]),
  );

function checkpointBytes(): Bytes {
  const record = encode(JSON.stringify(smallRecord()));
  const arms = [{ id: 'action', seconds: 1, flat: 8, moments: 4 }];
  const asked = runSpecSchema.parse({});
  const header = encode(
    JSON.stringify({ format: 'karma-checkpoint', version: 1, step: 1, sampleUsers: 4, asked, arms, record: record.length }),
  );
  const start = Math.ceil((4 + header.length + record.length) / 4) * 4;
  const bytes = new Uint8Array(start + 4 * 16);
  new DataView(bytes.buffer).setUint32(0, header.length, true);
  bytes.set(header, 4);
  bytes.set(record, 4 + header.length);
  return bytes;
}

/** Created once, like some of the good files. */
export async function hostileReaders(): Promise<readonly HostileReader[]> {
  const record = smallRecord();
  const preset = PRESETS[0]!;
  const spec = { ...preset.spec, seed: 7, name: 'A recipe' };
  const archive = await packRuns([{ entry: describeRun(record, { status: 'finished' }), record }]);
  const runs = new Uint8Array(await archive.arrayBuffer());
  const checkpoint = checkpointBytes();
  return [
    { name: 'run file', good: { json: record }, read: ofJson },
    { name: 'recipe', good: { json: JSON.parse(writeRecipe(spec, null)) }, read: ofJson },
    { name: 'recipe, bytes', good: { bytes: encode(writeRecipe(spec, null)) }, read: ofJson },
    {
      name: 'link',
      good: { bytes: encode(writeLink(spec, preset, null)) },
      read: (bytes) => {
        const link = readLink(decode(bytes));
        return link.kind === 'unreadable' ? link.reason : null;
      },
    },
    {
      name: 'grid',
      good: {
        json: { format: 'karma-grid', version: 1, base: spec, axes: [{ path: 'lora.rank', values: [2, 4] }], seeds: [0, 1] },
      },
      read: (bytes) => gridSchema.safeParse(jsonOr(bytes)).error?.message ?? null,
    },
    {
      name: 'archive of runs',
      good: { bytes: runs },
      read: (bytes) => ofRuns(new Blob([bytes])),
    },
    {
      name: 'manifest of an archive',
      good: {
        json: {
          format: 'karma-runs',
          version: 1,
          runs: [{ file: 'a.json', status: 'finished', failure: null, wallSeconds: 1, name: 'x' }],
        },
      },
      read: (bytes) => {
        const archive = zipSync({ 'karma-runs.json': bytes, 'a.json': encode(JSON.stringify(record)) });
        return ofRuns(new Blob([Uint8Array.from(archive)]));
      },
    },
    { name: 'config.json', good: { json: TINY_CONFIG }, read: (bytes) => refusal([ModelError], () => readConfig(jsonOr(bytes))) },
    {
      name: 'safetensors',
      good: { bytes: WEIGHTS },
      read: (bytes) => refusal([ModelError], () => parseSafetensors(bytes, 'x.safetensors')),
    },
    {
      name: 'header of safetensors',
      good: {
        json: {
          a: { dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] },
          b: { dtype: 'F16', shape: [4], data_offsets: [24, 32] },
          __metadata__: { x: 'y' },
        },
      },
      read: (header) => {
        const bytes = new Uint8Array(8 + header.length + 32);
        new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
        bytes.set(header, 8);
        return refusal([ModelError], () => parseSafetensors(bytes, 'x.safetensors'));
      },
    },
    {
      name: 'GGUF',
      good: { bytes: file('python/fixtures/gguf/llama.gguf') },
      read: (bytes) =>
        refusal([ModelError], async () => {
          const source = ggufSource([blobFile('x.gguf', new Blob([bytes]))]);
          const { fileTypes } = await loadConfig(source);
          await source.open('tokenizer.json');
          return fileTypes;
        }),
    },
    {
      name: 'tokenizer.json for GGUF',
      good: { json: jsonOr(tinyModel().get('tokenizer.json')!) },
      read: (bytes) => refusal([ModelError], () => writtenTokenizer(jsonOr(bytes), {}, TINY_CONFIG.vocab_size)),
    },
    {
      name: 'adapter_config.json',
      good: { json: LORA },
      read: (bytes) => refusal([ModelError], () => adapterOf(bytes, WEIGHTS)),
    },
    {
      name: 'adapter weights',
      good: { bytes: WEIGHTS },
      read: (bytes) => refusal([ModelError], () => adapterOf(encode(JSON.stringify(LORA)), bytes)),
    },
    { name: 'checkpoint', good: { bytes: checkpoint }, read: (bytes) => refusal([CheckpointError], () => readCheckpoint(bytes)) },
    {
      name: 'slot',
      good: { bytes: checkpoint },
      read: async (bytes) => {
        const files = memorySlots();
        await files.write(0, bytes);
        return (await new TwoSlots(files).read()) === null ? 'Nothing whole is kept.' : null;
      },
    },
  ];
}
