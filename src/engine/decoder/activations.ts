/**
 * What a forward pass keeps for its backward pass, and the buffers that blocks and passes share. Allocated
 * once, for a number of rows.
 */
import type { Memory, Tensor } from '../../gpu/tensor';
import type { DecoderConfig } from '../../model/decoderConfig';
import type { RunSpec } from '../../recipe/runSpec';
import { momentsWidth } from './norms';
import { GROUPS, type GroupKey, type LoraLayer, type ParameterLayout } from '../parameters';
import type { StepSizes } from '../stepSizes';

/**
 * Floats per row of a block's buffers, for a block with the given adapters; 0 for buffers that blocks of that
 * config do not have.
 */
function blockWidths(config: DecoderConfig, lora: LoraLayer) {
  const { hidden, heads, kvHeads, headSize, intermediate, outputNorms } = config;
  const moments = momentsWidth(config);
  return {
    input: hidden,
    middle: hidden,
    inputNormed: hidden,
    inputMoments: moments,
    qkv: (heads + 2 * kvHeads) * headSize,
    rawHeads: config.headNorms ? (heads + kvHeads) * headSize : 0,
    attention: heads * headSize,
    logSumExp: heads,
    attentionOut: outputNorms ? hidden : 0,
    attentionOutMoments: outputNorms ? 1 : 0,
    middleNormed: hidden,
    middleMoments: moments,
    gateUp: gateUpWidth(config),
    inner: intermediate,
    mlpOut: outputNorms ? hidden : 0,
    mlpOutMoments: outputNorms ? 1 : 0,
    low: Math.max(...Object.values(lora).map(({ rank }) => rank)),
  };
}

/** Output of the projections into the MLP. */
function gateUpWidth({ gated, intermediate }: DecoderConfig): number {
  return gated ? 2 * intermediate : intermediate;
}

type BlockBuffer = keyof ReturnType<typeof blockWidths>;

/** The input of every adapted product, needed only for the gradient with respect to A. */
const INPUT_OF = { qkv: 'inputNormed', o: 'attention', gateUp: 'middleNormed', down: 'inner' } as const satisfies Record<
  GroupKey,
  BlockBuffer
>;
/**
 * A block's buffers, all [rows, width]. `input` and `middle` are the residual stream entering the block and
 * between its halves; `rawHeads` the query and key heads before their norm, `attentionOut` and `mlpOut` what
 * is normalised before it joins the stream, `low` A·x of one group at a time.
 */
export type BlockActivations = Readonly<Record<BlockBuffer, Tensor>> & {
  /** False if the backward pass must run the block again from its input. */
  readonly kept: boolean;
};

/** The input of a group's products in a block. */
export function groupInput(block: BlockActivations, key: GroupKey): Tensor {
  return block[INPUT_OF[key]];
}

/** How deep a pass is differentiated. */
export interface Reach {
  /**
   * The lowest block that gradients pass through; the number of layers if the pass is never differentiated.
   */
  readonly lowest: number;
  /** Whether the gradient of the input rows is needed too. */
  readonly input: boolean;
}

export interface Activations {
  readonly capacity: number;
  readonly reach: Reach;
  readonly info: Tensor;
  readonly source: Tensor;
  readonly blocks: readonly BlockActivations[];
  /** Residual stream after the last block, and the final norm's output. */
  readonly last: Tensor;
  readonly lastMoments: Tensor;
  readonly hidden: Tensor;
}

/**
 * One block's buffers, shared by all blocks that keep none of their own: each overwrites those of the last.
 * Allocated on first use.
 */
export class Workspace {
  private readonly buffers = new Map<BlockBuffer, Tensor>();
  private readonly widths: Readonly<Record<BlockBuffer, number>>;

  /** @param capacity maximum number of rows of a pass that uses it */
  constructor(
    private readonly memory: Memory,
    config: DecoderConfig,
    layout: ParameterLayout,
    private readonly capacity: number,
  ) {
    // Adapters start at some layer and are the same in every layer after it.
    this.widths = blockWidths(config, layout.lora[config.layers - 1]!);
  }

  of(name: BlockBuffer): Tensor {
    const known = this.buffers.get(name);
    if (known !== undefined) return known;
    const made = this.memory.tensor(this.capacity * this.widths[name], `shared ${name}`);
    this.buffers.set(name, made);
    return made;
  }
}

/**
 * Buffers of a pass. Blocks below its reach share the workspace, since none of their buffers is read again.
 * Blocks in reach keep what their backward pass reads, or with `checkpoint` their input alone (Chen et al.,
 * arXiv 1604.06174).
 */
export function allocateActivations(
  memory: Memory,
  config: DecoderConfig,
  layout: ParameterLayout,
  options: {
    readonly capacity: number;
    readonly reach: Reach;
    readonly checkpoint: boolean;
    readonly workspace: Workspace;
    readonly label: string;
  },
): Activations {
  const { capacity, reach, checkpoint, workspace, label } = options;
  const rows = (width: number, name: string): Tensor => memory.tensor(capacity * width, `${label} ${name}`);
  const { hidden } = config;
  const blocks = layout.lora.map((lora, layer) => {
    const widths = blockWidths(config, lora);
    const differentiated = layer >= reach.lowest;
    const kept = differentiated && !checkpoint;
    const own = differentiated
      ? checkpoint
        ? new Set<BlockBuffer>(['input'])
        : readBackward(config, lora)
      : new Set<BlockBuffer>();
    const names = Object.keys(widths) as BlockBuffer[];
    const tensors = names.map((name) => [name, own.has(name) ? rows(widths[name], `${name} ${layer}`) : workspace.of(name)]);
    return { ...(Object.fromEntries(tensors) as Record<BlockBuffer, Tensor>), kept };
  });
  return {
    capacity,
    reach,
    ...rowLists(memory, capacity, label),
    blocks,
    last: reach.lowest < config.layers ? rows(hidden, 'last') : workspace.of('input'),
    lastMoments: rows(momentsWidth(config), 'last moments'),
    hidden: rows(hidden, 'hidden'),
  };
}

/** What `Decoder.load` uploads for a pass. */
export function rowLists(memory: Memory, capacity: number, label: string): Pick<Activations, 'info' | 'source'> {
  return { info: memory.tensor(4 * capacity, `${label} row info`), source: memory.tensor(capacity, `${label} row source`) };
}

/** The passes of a step over histories and, for L_rec, over texts. */
export function allocatePasses(
  memory: Memory,
  config: DecoderConfig,
  layout: ParameterLayout,
  { lora, training }: Pick<RunSpec, 'lora' | 'training'>,
  { rows, textRows }: Pick<StepSizes, 'rows' | 'textRows'>,
): { readonly histories: Activations; readonly texts: Activations } {
  const workspace = new Workspace(memory, config, layout, Math.max(rows, textRows));
  const pass = (capacity: number, reach: Reach, label: string): Activations =>
    allocateActivations(memory, config, layout, { capacity, reach, checkpoint: training.checkpoint, workspace, label });
  const { trainInputs, firstLayer } = lora;
  return {
    histories: pass(rows, { lowest: trainInputs ? 0 : firstLayer, input: trainInputs }, 'history'),
    // Its input is the soft token, through which gradients reach W_d and h.
    texts: pass(textRows, { lowest: 0, input: true }, 'reconstruction'),
  };
}

/** What a block's backward pass reads. */
function readBackward(config: DecoderConfig, lora: LoraLayer): ReadonlySet<BlockBuffer> {
  const names = new Set<BlockBuffer>([
    'input',
    'inputMoments',
    'qkv',
    'attention',
    'logSumExp',
    'middle',
    'middleMoments',
    'gateUp',
    ...(config.headNorms ? (['rawHeads'] as const) : []),
    ...(config.outputNorms ? (['attentionOut', 'attentionOutMoments', 'mlpOut', 'mlpOutMoments'] as const) : []),
  ]);
  for (const key of Object.keys(GROUPS) as GroupKey[]) if (lora[key].rank > 0) names.add(INPUT_OF[key]);
  return names;
}

export interface BackwardScratch {
  /**
   * Gradient of the residual stream, and of a projection's output before its norm, where families have one.
   */
  readonly residual: Tensor;
  readonly normed: Tensor;
  readonly qkv: Tensor;
  readonly attention: Tensor;
  readonly delta: Tensor;
  /** dY·B of the current group. */
  readonly low: Tensor;
}

export function allocateBackwardScratch(
  memory: Memory,
  config: DecoderConfig,
  layout: ParameterLayout,
  capacity: number,
): BackwardScratch {
  const rows = (width: number, name: string): Tensor => memory.tensor(capacity * width, `d ${name}`);
  const { hidden, heads, kvHeads, headSize, outputNorms } = config;
  const rank = Math.max(1, ...layout.lora.flatMap((groups) => Object.values(groups).map((group) => group.rank)));
  return {
    residual: rows(hidden, 'residual'),
    normed: rows(outputNorms ? hidden : 0, 'normed'),
    qkv: rows((heads + 2 * kvHeads) * headSize, 'q,k,v'),
    attention: rows(heads * headSize, 'attention'),
    delta: rows(heads, 'delta'),
    low: rows(rank, 'low rank'),
  };
}
