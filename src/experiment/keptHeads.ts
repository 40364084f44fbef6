/**
 * Fitted heads that are kept between runs: the fit depends on the recipe's seed, model and log, and not on the arms, so runs that differ in λ,
 * learning rate or steps share one. A file is safetensors with `w_o` (W_s's columns after it, if there is a skip), `w_e`, `log_scale` and
 * `losses`, all in float32, and the rest of the record as metadata.
 */
import packageJson from '../../package.json';
import type { EncodedExample } from '../engine/decoder/sequence';
import type { Heads } from '../engine/headStart/headFit';
import type { ParameterLayout } from '../engine/parameters';
import { adapterNames } from '../gpu/adapterNames';
import { parseSafetensors, readFloatTensor, writeSafetensors } from '../model/safetensors';
import { ModelError } from '../model/modelError';
import type { RunSpec } from '../recipe/runSpec';
import type { AdapterInfo } from '../record/runRecord';
import { Sha256, sha256Hex } from '../storage/sha256';

/** Raise it when the fit, or the way in which its rows are read, gives other heads. */
const VERSION = 2;

/** Where a fit was: one that this browser or folder stored, or one that came with the program. */
export type HeadOrigin = 'stored' | 'shipped';

/** Where fitted heads are kept for an adapter, a file for each key. What cannot be kept is fitted again. */
export interface HeadStore {
  /** Null if there is none. */
  read(key: string): Promise<{ readonly bytes: Uint8Array<ArrayBuffer>; readonly from: HeadOrigin } | null>;
  write(key: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
}

/** A fit, with what the record says of it. */
export interface Fitted {
  readonly heads: Heads;
  readonly users: number;
  readonly rows: number;
  /** Of every AdamW step. */
  readonly losses: readonly number[];
  readonly seconds: number;
}

/** All that decides what the fit gives, except the adapter, which decides its rounding. */
export interface FitQuestion {
  /** Hashes of the model and of the log. */
  readonly model: string;
  readonly log: string;
  readonly spec: Pick<RunSpec, 'seed' | 'data' | 'features' | 'objective' | 'lora' | 'model'>;
  readonly layout: Pick<ParameterLayout, 'slots'>;
  readonly parameters: Float32Array;
  /** Whether their LoRA is not zero. */
  readonly adapted: boolean;
  readonly examples: readonly EncodedExample[];
}

/** Parameters with which histories are read, besides LoRA. */
const READ_WITH = new Set(['w_in', 'u', 'b_in', 'emb', 'query', 'item']);

/** The name under which a fit is kept: of two questions with different answers, two names. Hex. */
export function headsKey({ model, log, spec, layout, parameters, adapted, examples }: FitQuestion): string {
  const { seed, data, features, objective, lora, model: stored } = spec;
  const { precision, arithmetic } = stored;
  const hash = new Sha256();
  const { headStartFrom, ...common } = objective;
  // Names of heads that were kept before there was another start stay the same.
  const asked = headStartFrom === 'ridge' ? common : objective;
  const parts = { version: VERSION, model, log, precision, seed, data, features, objective: asked };
  // As are those of heads that were kept before there was another arithmetic.
  const other = arithmetic === 'f32' ? {} : { arithmetic };
  hash.update(utf8(JSON.stringify({ ...parts, ...other, ...(adapted && { lora }) })));
  hash.update(utf8(JSON.stringify(examples)));
  for (const { name, offset, rows, columns } of layout.slots.values()) {
    if (!READ_WITH.has(name) && !(adapted && name.startsWith('lora.'))) continue;
    hash.update(utf8(`${name} ${rows} ${columns}`));
    hash.update(bytesOf(parameters.subarray(offset, offset + rows * columns)));
  }
  return hash.hex();
}

/** The file of heads fitted on an adapter by this version of the program: another may compute them differently. */
export function headsFile(key: string, adapter: AdapterInfo): string {
  return `heads-${sha256Hex(JSON.stringify([key, packageJson.version, ...adapterNames(adapter)]))}.safetensors`;
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

export function writeHeads({ heads, users, rows, losses, seconds }: Fitted): Uint8Array<ArrayBuffer> {
  const vector = (data: Float32Array) => ({ shape: [data.length], data });
  return writeSafetensors(
    {
      w_o: vector(heads.wO),
      w_e: vector(heads.wE),
      log_scale: vector(Float32Array.of(heads.logScale)),
      losses: vector(Float32Array.from(losses)),
    },
    { users: String(users), rows: String(rows), seconds: String(seconds) },
  );
}

/** The fit in a file whose tensors have these sizes; null if they do not, or it is damaged. */
export function readHeads(
  bytes: Uint8Array<ArrayBuffer>,
  sizes: { readonly wO: number; readonly wE: number; readonly losses: number },
): Fitted | null {
  try {
    const file = parseSafetensors(bytes, 'The file of fitted heads');
    const [users, rows, seconds] = ['users', 'rows', 'seconds'].map((name) => Number(file.metadata[name]));
    const logScale = readFloatTensor(file, 'log_scale', [1])[0]!;
    const heads = { wO: readFloatTensor(file, 'w_o', [sizes.wO]), wE: readFloatTensor(file, 'w_e', [sizes.wE]), logScale };
    const losses = Array.from(readFloatTensor(file, 'losses', [sizes.losses]));
    return { heads, users: users!, rows: rows!, losses, seconds: seconds! };
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    console.warn('Stored heads are damaged and will be fitted again.', error);
    return null;
  }
}
