/** The candidate pools of a run of the pre-ranking protocol. */
import type { Target } from '../../log/types';
import { CandidatePools, encodePools } from '../../measures/ranking/candidatePools';
import type { RunRecord } from '../../record/runRecord';
import type { RunSpec } from '../../recipe/runSpec';
import type { PreparedData } from '../prepare/preparedData';
import { inSlices, type SliceOptions } from '../prepare/slices';

/** Null in the other protocols. */
export function candidatePools(data: PreparedData, { evaluation, objective }: RunSpec): CandidatePools | null {
  const { protocol, poolSize, poolFrom, poolSeed, maskHistory } = evaluation;
  if (protocol !== 'pre-ranking') return null;
  const { maxHistory } = objective;
  return new CandidatePools(data, { size: poolSize, from: poolFrom, seed: poolSeed, maskHistory, maxHistory });
}

/** Draws the pools of these targets ahead of time. @throws the signal's reason when aborted */
export async function drawPools(pools: CandidatePools, targets: readonly Target[], options: SliceOptions): Promise<void> {
  await inSlices(targets.length, (index) => pools.of(targets[index]!), options);
}

export function storedPools(
  pools: CandidatePools,
  { evaluation: { poolSize, poolFrom, poolSeed, watch } }: RunSpec,
  finals: readonly Target[],
  sample: readonly Target[],
): NonNullable<RunRecord['pools']> {
  const given = poolFrom === 'given' && sizesOf(finals.map((target) => pools.of(target)));
  const encode = (targets: readonly Target[]): string => encodePools(targets.map((target) => pools.of(target)));
  const facts = { size: poolSize, from: poolFrom, seed: poolSeed, ...given };
  return { ...facts, all: encode(finals), ...(watch === 'validation' && { sample: encode(sample) }) };
}

/** Given pools keep their sizes. */
function sizesOf(pools: readonly Uint32Array[]): { readonly size: number; readonly largest: number } {
  const lengths = pools.map(({ length }) => length);
  return {
    size: lengths.reduce((least, length) => Math.min(least, length), Infinity),
    largest: lengths.reduce((most, length) => Math.max(most, length), 0),
  };
}
