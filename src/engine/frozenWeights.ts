/** The decoder's frozen weights on the GPU; projections that share an input are stacked into one matrix. Shared by all arms. */
import { write, type Memory, type Tensor } from '../gpu/tensor';
import type { BlockWeights, DecoderConfig, DecoderWeights, LinearRole } from '../model/decoderConfig';
import { blockShapes } from '../model/decoderTensors';
import { usablePositions } from '../model/rope';
import { roundUp4 } from './context';
import type { FrozenNorm } from './norms';
import type { GroupKey } from './parameters';
import type { WeightFormat } from './weightFormat';
import { allocateMatrix, writeMatrix, type WeightMatrix } from './weightMatrix';

/** Projections that are one product, in the order of their rows. */
const STACKS = { qkv: ['q', 'k', 'v'], o: ['o'], gateUp: ['gate', 'up'], down: ['down'] } as const satisfies Record<
  GroupKey,
  readonly LinearRole[]
>;

export interface FrozenLinear {
  /** [outputs, inputs] */
  readonly weight: WeightMatrix;
  /** [outputs], zero for projections of the stack that have none; null where none has. */
  readonly bias: Tensor | null;
}

/** qkv [(heads + 2·kvHeads)·headSize, hidden], o [hidden, heads·headSize], gateUp [2·intermediate or intermediate, hidden], down [hidden, intermediate]. */
export type FrozenBlock = Readonly<Record<GroupKey, FrozenLinear>> & {
  /** Norms before attention and before the MLP. */
  readonly inputNorm: FrozenNorm;
  readonly postNorm: FrozenNorm;
  /** Norms of the outputs of attention and MLP, where there are any. */
  readonly attentionNorm: FrozenNorm | null;
  readonly mlpNorm: FrozenNorm | null;
  /** [2, headSize], of query and of key heads, where they are normed. */
  readonly headGains: Tensor | null;
};

export interface FrozenWeights {
  readonly config: DecoderConfig;
  /** [vocabulary, hidden], rows padded with zeros to a multiple of 4. */
  readonly embedding: WeightMatrix;
  /** The LM head, as the embedding; with a tied head it is the embedding. */
  readonly head: WeightMatrix;
  /** [usablePositions, hidden], with learned positions. */
  readonly positions: Tensor | null;
  readonly blocks: readonly FrozenBlock[];
  readonly finalNorm: FrozenNorm;
}

/** Room for the weights of a model of that shape; zero until `fillWeights`. Norms, biases and positions stay f32. */
export function allocateWeights(memory: Memory, config: DecoderConfig, format: WeightFormat): FrozenWeights {
  const { hidden, headSize } = config;
  const shapes = blockShapes(config);
  const norm = (label: string, biased = config.norm === 'layer'): FrozenNorm => ({
    gain: memory.tensor(hidden, label),
    bias: biased ? memory.tensor(hidden, `${label}: bias`) : null,
  });
  const outputNorm = (label: string): FrozenNorm | null => (config.outputNorms ? norm(label, false) : null);
  const linear = (key: GroupKey, layer: number): FrozenLinear => {
    const roles = STACKS[key].filter((role) => shapes.has(role));
    const rows = roles.reduce((sum, role) => sum + shapes.get(role)![0], 0);
    const label = `${roles.join(',')} ${layer}`;
    const biased = roles.some((role) => config.biases.includes(role));
    return {
      weight: allocateMatrix(memory, rows, shapes.get(roles[0]!)![1]!, format, label),
      bias: biased ? memory.tensor(rows, `${label}: bias`) : null,
    };
  };
  const blocks = Array.from({ length: config.layers }, (_, layer) => ({
    inputNorm: norm(`input norm ${layer}`),
    qkv: linear('qkv', layer),
    headGains: config.headNorms ? memory.tensor(2 * headSize, `head norms ${layer}`) : null,
    o: linear('o', layer),
    attentionNorm: outputNorm(`attention norm ${layer}`),
    postNorm: norm(`post norm ${layer}`),
    gateUp: linear('gateUp', layer),
    down: linear('down', layer),
    mlpNorm: outputNorm(`MLP norm ${layer}`),
  }));
  const table = (label: string): WeightMatrix => allocateMatrix(memory, roundUp4(config.vocabulary), hidden, format, label);
  const embedding = table('embedding');
  return {
    config,
    embedding,
    head: config.tiedHead ? embedding : table('LM head'),
    positions: config.positions === 'learned' ? memory.tensor(usablePositions(config) * hidden, 'positions') : null,
    blocks,
    finalNorm: norm('final norm'),
  };
}

/** Queues the copy of a model's weights into place. */
export function fillWeights(device: GPUDevice, frozen: FrozenWeights, weights: DecoderWeights): void {
  writeMatrix(device, frozen.embedding, weights.embedding);
  if (weights.head !== undefined) writeMatrix(device, frozen.head, weights.head);
  if (frozen.positions !== null && weights.positions !== undefined) {
    write(device, frozen.positions, weights.positions.subarray(0, frozen.positions.size / 4));
  }
  writeNorm(device, frozen.finalNorm, weights.finalNorm, weights.finalNormBias);
  weights.blocks.forEach((block, layer) => {
    const into = frozen.blocks[layer]!;
    for (const key of Object.keys(STACKS) as GroupKey[]) writeLinear(device, into[key], block, STACKS[key]);
    writeNorm(device, into.inputNorm, block.inputNorm, block.inputNormBias);
    writeNorm(device, into.postNorm, block.postNorm, block.postNormBias);
    if (into.attentionNorm !== null) writeNorm(device, into.attentionNorm, block.attentionNorm!);
    if (into.mlpNorm !== null) writeNorm(device, into.mlpNorm, block.mlpNorm!);
    if (into.headGains !== null) write(device, into.headGains, Float32Array.of(...block.qNorm!, ...block.kNorm!));
  });
}

function writeNorm(device: GPUDevice, into: FrozenNorm, gain: Float32Array, bias?: Float32Array): void {
  write(device, into.gain, gain);
  if (into.bias !== null && bias !== undefined) write(device, into.bias, bias);
}

function writeLinear(device: GPUDevice, into: FrozenLinear, block: BlockWeights, roles: readonly LinearRole[]): void {
  const parts = roles.flatMap((role) => (block[role] === undefined ? [] : [{ weight: block[role], bias: block[`${role}Bias`] }]));
  writeMatrix(device, into.weight, ...parts.map(({ weight }) => weight));
  if (into.bias === null) return;
  const biases = new Float32Array(into.weight.rows);
  let first = 0;
  for (const { weight, bias } of parts) {
    if (bias !== undefined) biases.set(bias, first);
    first += weight.length / into.weight.columns;
  }
  write(device, into.bias, biases);
}
