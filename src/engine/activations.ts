/** What a forward pass keeps for its backward pass, and the scratch that backward passes share. Allocated once, for a number of rows. */
import type { Memory, Tensor } from '../gpu/tensor';
import type { DecoderConfig } from '../model/decoderConfig';
import type { GroupKey, ParameterLayout } from './parameters';

export interface BlockActivations {
  /** Residual stream entering the block and between its halves: [rows, hidden]. */
  readonly input: Tensor;
  readonly middle: Tensor;
  readonly inputNormed: Tensor;
  readonly inputRms: Tensor;
  readonly qkv: Tensor;
  readonly attention: Tensor;
  readonly logSumExp: Tensor;
  readonly middleNormed: Tensor;
  readonly middleRms: Tensor;
  readonly gateUp: Tensor;
  readonly swiglu: Tensor;
  /** A·x of every group: [rows, rank of the group]. */
  readonly low: Readonly<Record<GroupKey, Tensor>>;
}

export interface Activations {
  readonly capacity: number;
  readonly info: Tensor;
  readonly source: Tensor;
  readonly blocks: readonly BlockActivations[];
  /** Residual stream after the last block, and the final RMSNorm's output. */
  readonly last: Tensor;
  readonly lastRms: Tensor;
  readonly hidden: Tensor;
}

export function allocateActivations(
  memory: Memory,
  config: DecoderConfig,
  layout: ParameterLayout,
  capacity: number,
  label: string,
): Activations {
  const rows = (width: number, name: string): Tensor => memory.tensor(capacity * width, `${label} ${name}`);
  const { hidden, heads, kvHeads, headSize, intermediate } = config;
  const blocks = layout.lora.map((lora, layer) => ({
    input: rows(hidden, `input ${layer}`),
    middle: rows(hidden, `middle ${layer}`),
    inputNormed: rows(hidden, `input normed ${layer}`),
    inputRms: rows(1, `input rms ${layer}`),
    qkv: rows((heads + 2 * kvHeads) * headSize, `q,k,v ${layer}`),
    attention: rows(heads * headSize, `attention ${layer}`),
    logSumExp: rows(heads, `log-sum-exp ${layer}`),
    middleNormed: rows(hidden, `middle normed ${layer}`),
    middleRms: rows(1, `middle rms ${layer}`),
    gateUp: rows(2 * intermediate, `gate,up ${layer}`),
    swiglu: rows(intermediate, `swiglu ${layer}`),
    low: {
      qkv: rows(lora.qkv.rank, `A·x q,k,v ${layer}`),
      o: rows(lora.o.rank, `A·x o ${layer}`),
      gateUp: rows(lora.gateUp.rank, `A·x gate,up ${layer}`),
      down: rows(lora.down.rank, `A·x down ${layer}`),
    },
  }));
  return {
    capacity,
    info: rows(4, 'row info'),
    source: rows(1, 'row source'),
    blocks,
    last: rows(hidden, 'last'),
    lastRms: rows(1, 'last rms'),
    hidden: rows(hidden, 'hidden'),
  };
}

export interface BackwardScratch {
  /** Gradient on the residual stream, and on a normed input. */
  readonly residual: Tensor;
  readonly normed: Tensor;
  readonly qkv: Tensor;
  readonly attention: Tensor;
  readonly delta: Tensor;
  readonly gateUp: Tensor;
  readonly swiglu: Tensor;
  /** dY·B of the group at hand. */
  readonly low: Tensor;
}

export function allocateBackwardScratch(
  memory: Memory,
  config: DecoderConfig,
  layout: ParameterLayout,
  capacity: number,
): BackwardScratch {
  const rows = (width: number, name: string): Tensor => memory.tensor(capacity * width, `d ${name}`);
  const { hidden, heads, kvHeads, headSize, intermediate } = config;
  const rank = Math.max(1, ...layout.lora.flatMap((groups) => Object.values(groups).map((group) => group.rank)));
  return {
    residual: rows(hidden, 'residual'),
    normed: rows(hidden, 'normed'),
    qkv: rows((heads + 2 * kvHeads) * headSize, 'q,k,v'),
    attention: rows(heads * headSize, 'attention'),
    delta: rows(heads, 'delta'),
    gateUp: rows(2 * intermediate, 'gate,up'),
    swiglu: rows(intermediate, 'swiglu'),
    low: rows(rank, 'low rank'),
  };
}
