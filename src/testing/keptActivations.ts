/**
 * A fixture of PyTorch on the engine, with its activations kept whole, run again, or of a part of the batch
 * at a time.
 */
import { expect } from 'vitest';
import { agreement } from '../engine/agreement';
import { withTraining } from '../engine/fixture';
import type { Gpu } from '../gpu/device';
import { largestError, tooLarge } from './fixtures';
import { loadFixture } from './loadFixture';

export interface KeptActivations {
  readonly way: string;
  readonly checkpoint: boolean;
  /** Number of examples in a micro-batch. */
  readonly microBatch: number;
}

export const KEPT_WHOLE: KeptActivations = { way: 'kept whole', checkpoint: false, microBatch: Infinity };
export const LESS_MEMORY: readonly KeptActivations[] = [
  { way: 'run again from block inputs', checkpoint: true, microBatch: Infinity },
  { way: 'kept in pairs of examples', checkpoint: false, microBatch: 2 },
  { way: 'run again one by one', checkpoint: true, microBatch: 1 },
];

/**
 * @returns the largest relative error of a gradient
 * @throws AssertionError if anything is off by more than `FIXTURE_TOLERANCE`
 */
export async function expectAgreement(gpu: Gpu, name: string, { way, checkpoint, microBatch }: KeptActivations): Promise<number> {
  const fixture = await loadFixture(name);
  const accumulate = Math.max(1, Math.ceil(fixture.batch.length / microBatch));
  const errors = await agreement(gpu, withTraining(fixture, { accumulate, checkpoint }));
  const largest = largestError(errors, 'grad');
  console.info(`${name}, ${way}: largest relative gradient error ${largest.toExponential(1)}`);
  expect(tooLarge(errors)).toEqual([]);
  return largest;
}
