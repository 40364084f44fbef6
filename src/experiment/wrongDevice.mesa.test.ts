/** A run on a device that computes wrong without reporting an error. */
import { expect, it } from 'vitest';
import { WrongProductError } from '../engine/gemm/checkedProducts';
import type { RunEvent } from '../record/runEvents';
import { describeFailure } from '../runtime/failures';
import { alteredGpu } from '../testing/alteredGpu';
import { SmallExperiment, smallSpec } from '../testing/smallExperiment';
import { runExperiment } from './runExperiment';

it('is stopped before its first step, with the kernel, the shape, the error and what to do', async () => {
  const small = await SmallExperiment.shared();
  const { gpu } = small;
  // Of the backward pass alone, which no certificate sees: a gradient that is lost beyond some rows.
  const wrong = alteredGpu(gpu, (code, name) =>
    name.startsWith('gemm_TN') ? code.replaceAll(/\bp\.M\b/g, 'min(p.M, 96u)') : code,
  );
  const events: RunEvent[] = [];
  const spec = smallSpec();
  const run = runExperiment(
    { ...small.inputs(spec), gpu: wrong },
    (event) => events.push(event),
    () => Promise.resolve('go'),
  );
  const error: unknown = await run.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(WrongProductError);
  expect(events.filter(({ type }) => type === 'started' || type === 'step')).toEqual([]);
  const { message, advice } = describeFailure(error);
  expect(message).toMatch(
    /^This GPU computes wrong numbers: in a product of \d+ × \d+ and \d+ × \d+ by gemm_TN .+, an element is off by /,
  );
  expect(advice).toContain('nothing was trained');
});
