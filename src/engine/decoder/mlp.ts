/** What happens between an MLP's projections: act(gate)·up, or act(up) alone. */
import type { Prelude } from '../../gpu/kernel';
import type { Tensor } from '../../gpu/tensor';
import type { DecoderConfig } from '../../model/decoderConfig';
import { elementPrelude, type Context } from '../context';

/**
 * act(x) = x·sigmoid(inner(x)), which is SiLU for inner(x) = x, and the tanh approximation of GELU (Hendrycks
 * & Gimpel, arXiv 1606.08415) for inner(x) = 2·√(2/π)·(x + 0.044715·x³), since (1 + tanh u)/2 = sigmoid(2u).
 */
const INNER = {
  silu: { inner: 'x', slope: 'V(1.0)' },
  geluTanh: {
    inner: `${2 * Math.sqrt(2 / Math.PI)} * x * (1.0 + 0.044715 * x * x)`,
    slope: `${2 * Math.sqrt(2 / Math.PI)} * (1.0 + 3.0 * 0.044715 * x * x)`,
  },
} as const satisfies Record<DecoderConfig['activation'], unknown>;

/**
 * Prelude of a kernel that applies an activation to rows of `size` floats: `V` of `width` floats, `inner`,
 * its derivative `inner_slope`, and `divisor`, 1/sigmoid(inner(x)), cut off where it would be infinite.
 */
export function activationPrelude(
  activation: DecoderConfig['activation'],
  size: number,
): { readonly prelude: Prelude; readonly width: 1 | 2 | 4 } {
  const { prelude, width } = elementPrelude(size);
  const { inner, slope } = INNER[activation];
  const code = `${prelude.code ?? ''}
fn inner(x: V) -> V { return ${inner}; }
fn inner_slope(x: V) -> V { return ${slope}; }
fn divisor(x: V) -> V { return 1.0 + exp(min(-inner(x), V(88.0))); }`;
  return { prelude: { ...prelude, code }, width };
}

export class MlpActivation {
  constructor(
    private readonly context: Context,
    private readonly config: DecoderConfig,
  ) {}

  /** `gateUp` [rows, 2·intermediate], or without a gate [rows, intermediate] → y [rows, intermediate]. */
  forward(rows: number, { gateUp, y }: { readonly gateUp: Tensor; readonly y: Tensor }): void {
    if (this.config.gated) this.run('glu_forward', rows, { gate_up: gateUp, y });
    else this.run('activation_forward', rows, { x: gateUp, y });
  }

  /** dy → gradient of `gateUp`, in its place. */
  backward(rows: number, { gateUp, dy }: { readonly gateUp: Tensor; readonly dy: Tensor }): void {
    if (this.config.gated) this.run('glu_backward', rows, { gate_up: gateUp, dy });
    else this.run('activation_backward', rows, { x: gateUp, dy });
  }

  private run(name: string, rows: number, storage: Readonly<Record<string, Tensor>>): void {
    const { intermediate, activation, gated } = this.config;
    const { prelude, width } = activationPrelude(activation, intermediate);
    const count = (rows * intermediate) / width;
    const params = gated ? { rows, width: intermediate / width } : { count };
    this.context.recorder.dispatch({ kernel: this.context.kernels.file(name, prelude), storage, params, threads: count });
  }
}
