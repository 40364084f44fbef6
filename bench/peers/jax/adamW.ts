/** AdamW with decoupled decay in jax-js, as in docs/method.md. */
import { numpy as np, tree } from '@jax-js/jax';
import type { RunSpec } from '../../../src/recipe/runSpec';

export type Arrays = Record<string, np.Array>;
export type AdamState = { trained: Arrays; m: Arrays; v: Arrays };

/** 1 − β₁ᵗ and 1 − β₂ᵗ at step t = 1, 2, …, computed in float64. */
export type Corrections = { first: np.Array; second: np.Array };

export function corrections(step: number, { beta1, beta2 }: RunSpec['training']): Corrections {
  const scalar = (value: number): np.Array => np.array(value, { dtype: np.float32 });
  return { first: scalar(1 - beta1 ** step), second: scalar(1 - beta2 ** step) };
}

/** One update; gradients are multiplied by `factor` first. All arguments are consumed. */
export function adamW(
  { trained, m, v }: AdamState,
  gradients: Arrays,
  factor: np.Array,
  correction: Corrections,
  { learningRate, weightDecay, beta1, beta2, epsilon }: RunSpec['training'],
  isDecayed: (name: string) => boolean,
): AdamState {
  const next: AdamState = { trained: {}, m: {}, v: {} };
  for (const [name, parameter] of Object.entries(trained)) {
    const g = gradients[name]!.mul(factor.ref);
    const first = m[name]!.mul(beta1).add(g.ref.mul(1 - beta1));
    const second = v[name]!.mul(beta2).add(np.square(g).mul(1 - beta2));
    const change = first.ref.div(correction.first.ref).div(np.sqrt(second.ref.div(correction.second.ref)).add(epsilon));
    const kept = parameter.mul(isDecayed(name) ? 1 - learningRate * weightDecay : 1);
    next.trained[name] = kept.sub(change.mul(learningRate));
    next.m[name] = first;
    next.v[name] = second;
  }
  tree.dispose([factor, correction]);
  return next;
}
