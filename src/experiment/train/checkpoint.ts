/** A run between two steps, as bytes: everything on which its next steps depend, and its record so far. */
import { z } from 'zod';
import { readFloats, write, type Memory } from '../../gpu/tensor';
import { stepsOf, type Arm } from '../../engine/arm';
import type { Engine } from '../../engine/engine';
import { runSpecSchema, type RunSpec } from '../../recipe/runSpec';
import { runRecordSchema, type RunRecord } from '../../record/runRecord';
import { t } from '../../words/words';
import { NAME, parseKept, verbatim } from '../../recipe/texts';

export interface ArmCheckpoint {
  readonly id: string;
  /** Seconds that its steps took. */
  readonly seconds: number;
  /** Parameters, and AdamW's moments for those that are trained. */
  readonly flat: Float32Array;
  readonly m: Float32Array;
  readonly v: Float32Array;
}

export interface TrainingCheckpoint {
  /** The recipe as requested; in `record.spec` the precision is resolved. */
  readonly asked: RunSpec;
  /**
   * Steps that every arm has taken. Batches are drawn from seed and step alone, so there is no other random
   * state.
   */
  readonly step: number;
  /** Users of the sample: chosen by timing if the recipe says `auto`. */
  readonly sampleUsers: number;
  readonly arms: readonly ArmCheckpoint[];
  readonly record: RunRecord;
}

/** A checkpoint that cannot be read, or belongs to something other than what is being resumed. */
export class CheckpointError extends Error {
  constructor(
    message: string,
    readonly advice = t('Start the run afresh.'),
  ) {
    super(message);
    this.name = 'CheckpointError';
  }
}

const VERSION = 1;
const count = z
  .number()
  .int()
  .nonnegative()
  .max(2 ** 31);
const headerSchema = z.object({
  format: z.literal('karma-checkpoint'),
  version: z.literal(VERSION),
  asked: runSpecSchema,
  step: count,
  sampleUsers: count,
  /** Lengths of `flat` and `moments`. */
  arms: z.array(z.object({ id: verbatim(NAME), seconds: z.number().nonnegative(), flat: count, moments: count })).max(64),
  /** Bytes of the record's JSON. */
  record: count,
});

/** An arm and the seconds that its steps took. */
export interface TimedArm {
  readonly arm: Arm;
  seconds: number;
}

/** Reads the arms from the GPU. They must have taken the same number of steps. */
export async function takeCheckpoint(
  engine: Engine,
  runners: readonly TimedArm[],
  facts: Pick<TrainingCheckpoint, 'asked' | 'sampleUsers' | 'record'>,
): Promise<Uint8Array<ArrayBuffer>> {
  const { size, trained } = engine.layout;
  const step = stepsOf(runners[0]!.arm);
  const record = new TextEncoder().encode(JSON.stringify(facts.record));
  const floats = await readFloats(
    engine.context.memory satisfies Memory,
    runners.flatMap(({ arm: { flat, m, v } }) => [
      { tensor: flat, elements: size },
      { tensor: m, elements: trained },
      { tensor: v, elements: trained },
    ]),
  );
  const header = {
    ...{ format: 'karma-checkpoint', version: VERSION, step, asked: facts.asked, sampleUsers: facts.sampleUsers },
    arms: runners.map(({ arm, seconds }) => ({ id: arm.spec.id, seconds, flat: size, moments: trained })),
    record: record.length,
  };
  return encode(new TextEncoder().encode(JSON.stringify(header)), record, floats);
}

/**
 * Length of the header (u32, little-endian), header, record, zeros up to a multiple of 4, then the floats of
 * every arm: flat, m, v.
 */
function encode(header: Uint8Array, record: Uint8Array, floats: readonly Float32Array[]): Uint8Array<ArrayBuffer> {
  const start = aligned(4 + header.length + record.length);
  const bytes = new Uint8Array(start + floats.reduce((sum, { byteLength }) => sum + byteLength, 0));
  new DataView(bytes.buffer).setUint32(0, header.length, true);
  bytes.set(header, 4);
  bytes.set(record, 4 + header.length);
  let at = start;
  for (const { buffer, byteOffset, byteLength } of floats) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += byteLength;
  }
  return bytes;
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / 4) * 4;
}

/** @throws CheckpointError */
export function readCheckpoint(bytes: Uint8Array<ArrayBuffer>): TrainingCheckpoint {
  const { header, rest } = readHeader(bytes);
  const recordEnd = rest + header.record;
  const start = aligned(recordEnd);
  const expected = header.arms.reduce((sum, { flat, moments }) => sum + 4 * (flat + 2 * moments), start);
  if (expected !== bytes.length) throw new CheckpointError(t('The checkpoint is cut off.'));
  const record = parseKept(runRecordSchema, parsed(bytes.subarray(rest, recordEnd)));
  if (record === undefined) throw new CheckpointError(t('The record in the checkpoint cannot be read.'));
  let at = start;
  const floats = (length: number): Float32Array => {
    // A copy, since floats must start at a multiple of four bytes in their buffer.
    const copy = new Float32Array(bytes.slice(at, at + 4 * length).buffer);
    at += 4 * length;
    return copy;
  };
  const arms = header.arms.map(({ id, seconds, flat, moments }) => ({
    ...{ id, seconds, flat: floats(flat) },
    m: floats(moments),
    v: floats(moments),
  }));
  const { asked, step, sampleUsers } = header;
  return { asked, step, sampleUsers, arms, record };
}

/** What a checkpoint belongs to, without reading its arms and its record. @throws CheckpointError */
export function checkpointFacts(bytes: Uint8Array<ArrayBuffer>): Pick<TrainingCheckpoint, 'asked' | 'step'> {
  const { asked, step } = readHeader(bytes).header;
  return { asked, step };
}

function readHeader(bytes: Uint8Array<ArrayBuffer>): { readonly header: z.infer<typeof headerSchema>; readonly rest: number } {
  const length = bytes.length < 4 ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const header = parseKept(headerSchema, parsed(bytes.subarray(4, 4 + length)));
  if (header === undefined)
    throw new CheckpointError(t('The checkpoint is of another version of the playground, or is damaged.'));
  return { header, rest: 4 + length };
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** @throws CheckpointError when model or log differ from the checkpoint's */
export function checkResumable(
  { record }: Pick<TrainingCheckpoint, 'record'>,
  here: { readonly model: string; readonly log: string },
): void {
  if (record.model.hash !== here.model)
    throw new CheckpointError(
      t('The checkpoint belongs to another model with the name {id}.', { id: record.model.id }),
      t('Open that model again.'),
    );
  if (record.data.hash !== here.log)
    throw new CheckpointError(
      t('The checkpoint belongs to another log with the name {id}.', { id: record.data.id }),
      t('Open that log again.'),
    );
}

/**
 * Restores arms that have just been created.
 * @throws CheckpointError when they differ from the checkpoint's
 */
export function restoreArms(engine: Engine, runners: readonly TimedArm[], { arms, step }: TrainingCheckpoint): void {
  const { size, trained } = engine.layout;
  const { device } = engine.context.gpu;
  runners.forEach((runner, at) => {
    const kept = arms[at];
    if (kept?.id !== runner.arm.spec.id || kept.flat.length !== size || kept.m.length !== trained)
      throw new CheckpointError(t('The arms of the checkpoint are not those of its recipe.'));
    engine.writeParameters(runner.arm, kept.flat);
    write(device, runner.arm.m, kept.m);
    write(device, runner.arm.v, kept.v);
    runner.arm.step = step * runner.arm.spec.updates;
    runner.seconds = kept.seconds;
  });
}
