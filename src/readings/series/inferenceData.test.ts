import { describe, expect, it } from 'vitest';
import type { Inference, RequestCost } from '../../record/runRecord';
import { smallRecord } from '../../testing/smallRecord';
import { armsOf } from '../arms/armsOf';
import { inferenceSentence, inferenceTable } from './inferenceData';

const arms = armsOf(smallRecord());

function cost(msAlone: number, change: Partial<RequestCost> = {}): RequestCost {
  const kernels = { gemm: 3, top_items: 2 };
  return { msAlone, msInBatch: 1, on: 'gpu', flops: 2_500_000, kernels, parameters: { used: 90, training: 0 }, ...change };
}

function inference(karma: RequestCost): Inference {
  const zeroShot = cost(0.5, { on: 'processor', kernels: {} });
  return { k: 200, users: 12, repeats: 7, arms: { action: cost(12.3), karma }, base: cost(12), zeroShot };
}

describe('the cost of a request', () => {
  it('says that decoders cost nothing only if kernels and operations are the same', () => {
    const same = inference(cost(12.5, { parameters: { used: 90, training: 8 } }));
    expect(inferenceSentence(same, arms)).toBe(
      'One request takes Action 12.3 ms and KARMA 12.5 ms, with the same 5 dispatches and 2.50 MFLOP in every arm and in the base model: the decoder of KARMA costs nothing after training. Times also depend on the load of the machine.',
    );
    for (const other of [cost(12.5, { flops: 3e6 }), cost(12.5, { kernels: { gemm: 4, top_items: 2 } })]) {
      expect(inferenceSentence(inference(other), arms)).toContain('the arms do not run the same kernels');
    }
  });

  it('has a row per model, and leaves out arms that were not timed', () => {
    const { rows } = inferenceTable(inference(cost(12.5)), arms);
    expect(rows.map(([model, on]) => [model, on])).toEqual([
      ['zero-shot, on the CPU', 'processor'],
      ['base model', 'gpu'],
      ['Action', 'gpu'],
      ['KARMA', 'gpu'],
    ]);
    expect(inferenceTable({ ...inference(cost(1)), arms: {} }, arms).rows).toHaveLength(2);
    expect(inferenceSentence({ ...inference(cost(1)), arms: {} }, arms)).toBe('No arm was timed.');
  });
});
