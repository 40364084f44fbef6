/**
 * Fitted heads that are kept between runs: the fit depends on the recipe's seed, model and log, and not on the arms, so runs that differ in λ,
 * learning rate or steps share one. A file is safetensors with `w_o` (W_s's columns after it, if there is a skip), `w_e`, `log_scale` and
 * `losses`, all in float32, and the rest of the record as metadata.
 */
import packageJson from '../../package.json';
import type { EncodedExample } from '../engine/decoder/sequence';
import type { Heads } from '../engine/headStart/headFit';
import { parseSafetensors, readFloatTensor, writeSafetensors } from '../model/safetensors';
import { ModelError } from '../model/modelError';
import { adapterNames } from '../gpu/adapterNames';
import type { AdapterInfo } from '../record/runRecord';
import type { RunSpec } from '../recipe/runSpec';
import { sha256Hex } from '../storage/sha256';

/** Raise it when the fit, or the way in which its rows are read, gives other heads. */
const VERSION = 1;

/** Where fitted heads are kept, a file for each key. What cannot be kept is fitted again. */
export interface HeadStore {
  /** Null if there is none. */
  read(key: string): Promise<Uint8Array<ArrayBuffer> | null>;
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

/** All that decides what the fit gives. */
export interface FitQuestion {
  /** Kept heads are those of the same adapter, whose rounding they have. */
  readonly adapter: AdapterInfo;
  /** Hashes of the model and of the log. */
  readonly model: string;
  readonly log: string;
  readonly spec: Pick<RunSpec, 'seed' | 'data' | 'features' | 'objective' | 'lora' | 'model'>;
  /** What the rows are read with; of an adapter that the recipe starts from, its LoRA too. */
  readonly parameters: Float32Array;
  readonly examples: readonly EncodedExample[];
}

/** The name under which a fit is kept: of two questions with different answers, two names. */
export function headsKey({ adapter, model, log, spec, parameters, examples }: FitQuestion): string {
  const { seed, data, features, objective, lora, model: stored } = spec;
  const bytes = new Uint8Array(parameters.buffer, parameters.byteOffset, parameters.byteLength);
  const parts = {
    ...{ version: VERSION, program: packageJson.version, adapter: adapterNames(adapter) },
    ...{ model, log, precision: stored.precision, seed, data, features, objective, lora },
    ...{ parameters: sha256Hex(bytes), examples: sha256Hex(JSON.stringify(examples)) },
  };
  return sha256Hex(JSON.stringify(parts));
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
