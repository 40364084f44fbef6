/**
 * Norms with frozen gains, of rows of the residual stream, of outputs that join it, and of query and key
 * heads.
 */
import type { Prelude } from '../../gpu/kernel';
import type { Tensor } from '../../gpu/tensor';
import type { DecoderConfig } from '../../model/decoderConfig';
import { vectorPrelude, type Context } from '../context';

export interface FrozenNorm {
  readonly gain: Tensor;
  /** LayerNorm with a bias, RMSNorm without one. */
  readonly bias: Tensor | null;
}

/**
 * Floats per row that a norm before attention or MLP keeps for its backward pass: 1/rms, or mean and
 * 1/deviation.
 */
export function momentsWidth({ norm }: DecoderConfig): 1 | 2 {
  return norm === 'layer' ? 2 : 1;
}

/**
 * Prelude of a norm's kernel: `V` (vector of `W` floats), `D` of them per row, and `joined`, which gives what
 * is stored for element i of the output: the value itself, or its sum with what `onto` holds there. The
 * forward pass finds it at binding `residual`.
 */
export function normPrelude(size: number, onto: { readonly residual: number } | 'dx' | null): Prelude {
  const { code, ...prelude } = vectorPrelude(size);
  const name = onto === 'dx' ? 'dx' : 'residual';
  const lines = [code];
  if (onto !== null && onto !== 'dx') {
    lines.push(`@group(0) @binding(${onto.residual}) var<storage, read> residual: array<V>;`);
  }
  lines.push(`fn joined(i: u32, v: V) -> V { return ${onto === null ? 'v' : `${name}[i] + v`}; }`);
  return { ...prelude, code: lines.join('\n') };
}

/** Bindings of the forward kernels; the residual's comes after them. */
const FORWARD_BINDINGS = { rmsnorm_forward: 5, layernorm_forward: 6 } as const;

export class Norms {
  private readonly size: number;
  private readonly epsilon: number;

  constructor(
    private readonly context: Context,
    config: DecoderConfig,
  ) {
    this.size = config.hidden;
    this.epsilon = config.normEpsilon;
  }

  /** y = norm(x) (+ residual), all [rows, hidden]; `moments` is kept for `backward`. */
  forward(
    rows: number,
    { gain, bias }: FrozenNorm,
    { x, y, moments, residual }: { readonly x: Tensor; readonly y: Tensor; readonly moments: Tensor; readonly residual?: Tensor },
  ): void {
    const name = bias === null ? 'rmsnorm_forward' : 'layernorm_forward';
    const prelude = normPrelude(this.size, residual === undefined ? null : { residual: FORWARD_BINDINGS[name] });
    const storage = {
      ...(bias === null ? { x, gain, y, rms: moments } : { x, gain, bias, y, moments }),
      ...(residual === undefined ? {} : { residual }),
    };
    this.context.recorder.dispatch({
      kernel: this.context.kernels.file(name, prelude),
      storage,
      params: { rows, epsilon: this.epsilon },
      threads: rows,
    });
  }

  /** Gradient of y → that of x, added to `dx` or replacing it. */
  backward(
    rows: number,
    { gain, bias }: FrozenNorm,
    { x, moments, dy, dx }: { readonly x: Tensor; readonly moments: Tensor; readonly dy: Tensor; readonly dx: Tensor },
    mode: 'add' | 'replace',
  ): void {
    const name = bias === null ? 'rmsnorm_backward' : 'layernorm_backward';
    const kernel = this.context.kernels.file(name, normPrelude(this.size, mode === 'add' ? 'dx' : null));
    const storage = { x, gain, dy, dx, ...(bias === null ? { rms: moments } : { moments }) };
    this.context.recorder.dispatch({ kernel, storage, params: { rows }, threads: rows });
  }
}

export class HeadNorms {
  constructor(
    private readonly context: Context,
    private readonly config: DecoderConfig,
  ) {}

  /**
   * Normalises the query and key heads of `qkv` in place; `raw` [rows, (heads + kvHeads)·headSize] keeps the
   * originals.
   */
  forward(rows: number, operands: { readonly gains: Tensor; readonly qkv: Tensor; readonly raw: Tensor }): void {
    this.run('head_norm_forward', rows, operands);
  }

  /** Gradient of the normalised heads → that of the raw ones, in place. */
  backward(rows: number, operands: { readonly gains: Tensor; readonly raw: Tensor; readonly dqkv: Tensor }): void {
    this.run('head_norm_backward', rows, operands);
  }

  private run(name: string, rows: number, storage: Readonly<Record<string, Tensor>>): void {
    const { heads, kvHeads, headSize, normEpsilon: epsilon } = this.config;
    const kernel = this.context.kernels.file(name, vectorPrelude(headSize));
    const params = { rows, heads, kv_heads: kvHeads, epsilon };
    this.context.recorder.dispatch({ kernel, storage, params, threads: rows * (heads + kvHeads) });
  }
}
