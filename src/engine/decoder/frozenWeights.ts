/**
 * The decoder's frozen weights on the GPU; projections that share an input are stacked into one matrix.
 * Shared by all arms.
 */
import { completion } from '../../gpu/completion';
import { write, type Memory, type Tensor } from '../../gpu/tensor';
import type { BlockRole, DecoderConfig, LinearRole } from '../../model/decoderConfig';
import { blockShapes } from '../../model/decoderTensors';
import { usablePositions } from '../../model/rope';
import { required, stackedWeight, whole, type OuterRole, type Weight, type WeightSource } from '../../model/weightSource';
import { roundUp8 } from '../context';
import type { FrozenNorm } from './norms';
import { matrixFormats, groupRoles } from './matrixFormats';
import { GROUPS, type GroupKey } from '../parameters';
import type { Arithmetic, Precision } from '../../recipe/runSpec';
import { allocateMatrix, writeMatrix, type WeightMatrix } from '../gemm/weightMatrix';

export interface FrozenLinear {
  /** [outputs, inputs] */
  readonly weight: WeightMatrix;
  /** [outputs], zero for projections in the stack without a bias; null if none has one. */
  readonly bias: Tensor | null;
}

/**
 * qkv [(heads + 2·kvHeads)·headSize, hidden], o [hidden, heads·headSize], gateUp [2·intermediate or
 * intermediate, hidden], down [hidden, intermediate].
 */
export type FrozenBlock = Readonly<Record<GroupKey, FrozenLinear>> & {
  /** Norms before attention and before the MLP. */
  readonly inputNorm: FrozenNorm;
  readonly postNorm: FrozenNorm;
  /** Norms of the outputs of attention and MLP, if any. */
  readonly attentionNorm: FrozenNorm | null;
  readonly mlpNorm: FrozenNorm | null;
  /** [2, headSize], of query and of key heads, if they are normalised. */
  readonly headGains: Tensor | null;
};

export interface FrozenWeights {
  readonly config: DecoderConfig;
  /** [vocabulary, hidden], rows padded with zeros to a multiple of 8. */
  readonly embedding: WeightMatrix;
  /** The LM head, laid out as the embedding; a tied head is the embedding. */
  readonly head: WeightMatrix;
  /** [usablePositions, hidden], with learned positions. */
  readonly positions: Tensor | null;
  readonly blocks: readonly FrozenBlock[];
  readonly finalNorm: FrozenNorm;
}

const LABELS = { embedding: 'embedding', head: 'LM head' } as const;

/** How frozen weights are stored, and in what products with them are computed. */
export interface WeightNumbers {
  readonly precision: Precision;
  readonly arithmetic: Arithmetic;
}

/**
 * Allocates the weights of a model of that shape, zero until `fillWeights`. Norms, biases and positions stay
 * f32.
 */
export function allocateWeights(memory: Memory, config: DecoderConfig, { precision, arithmetic }: WeightNumbers): FrozenWeights {
  const f16 = arithmetic === 'f16';
  const formats = matrixFormats(config, precision);
  const { hidden, headSize } = config;
  const shapes = blockShapes(config);
  const norm = (label: string, biased = config.norm === 'layer'): FrozenNorm => ({
    gain: memory.tensor(hidden, label),
    bias: biased ? memory.tensor(hidden, `${label}: bias`) : null,
  });
  const outputNorm = (label: string): FrozenNorm | null => (config.outputNorms ? norm(label, false) : null);
  const linear = (key: GroupKey, layer: number): FrozenLinear => {
    const roles = groupRoles(key).filter((role) => shapes.has(role));
    const rows = roles.reduce((sum, role) => sum + shapes.get(role)![0], 0);
    const label = `${roles.join(',')} ${layer}`;
    const biased = roles.some((role) => config.biases.includes(role));
    return {
      weight: allocateMatrix(
        memory,
        { rows, columns: shapes.get(roles[0]!)![1]!, format: formats.block(layer, key) },
        label,
        f16,
      ),
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
  const table = (label: 'embedding' | 'head'): WeightMatrix =>
    allocateMatrix(memory, { rows: roundUp8(config.vocabulary), columns: hidden, format: formats[label] }, LABELS[label], f16);
  const embedding = table('embedding');
  return {
    config,
    embedding,
    head: config.tiedHead ? embedding : table('head'),
    positions: config.positions === 'learned' ? memory.tensor(usablePositions(config) * hidden, 'positions') : null,
    blocks,
    finalNorm: norm('final norm'),
  };
}

/** All matrices, those that are quantised included. */
export function matricesOf({ embedding, head, blocks }: FrozenWeights): readonly WeightMatrix[] {
  return [embedding, head, ...blocks.flatMap((block) => (Object.keys(GROUPS) as GroupKey[]).map((key) => block[key].weight))];
}

/**
 * Queues copies of a model's weights into place, one after the other.
 * @throws as reading them and `writeMatrix` do.
 */
export async function fillWeights(device: GPUDevice, frozen: FrozenWeights, source: WeightSource): Promise<void> {
  const outer = (role: OuterRole): Weight => required(source.outer(role), role);
  await writeMatrix(device, frozen.embedding, outer('embedding'));
  if (frozen.head !== frozen.embedding) await writeMatrix(device, frozen.head, outer('head'));
  if (frozen.positions !== null) await writeVector(device, frozen.positions, outer('positions'));
  await writeNorm(device, frozen.finalNorm, outer('finalNorm'), source.outer('finalNormBias'));
  for (const [layer, into] of frozen.blocks.entries()) {
    const optional: FindWeight = (role) => source.block(layer, role);
    const weight = (role: BlockRole): Weight => required(optional(role), `${role} in layer ${layer}`);
    for (const key of Object.keys(GROUPS) as GroupKey[]) await writeLinear(device, into[key], optional, groupRoles(key));
    await writeNorm(device, into.inputNorm, weight('inputNorm'), optional('inputNormBias'));
    await writeNorm(device, into.postNorm, weight('postNorm'), optional('postNormBias'));
    if (into.attentionNorm !== null) await writeNorm(device, into.attentionNorm, weight('attentionNorm'));
    if (into.mlpNorm !== null) await writeNorm(device, into.mlpNorm, weight('mlpNorm'));
    if (into.headGains !== null) await writeVector(device, into.headGains, stackedWeight([weight('qNorm'), weight('kNorm')]));
    // Without a submit the driver would hold the uploaded bytes until the first step.
    device.queue.submit([]);
    await completion(device, device.queue.onSubmittedWorkDone());
  }
}

/** A weight of one block; undefined if the model's blocks have none. */
type FindWeight = (role: BlockRole) => Weight | undefined;

/** Queues a copy of as much of a weight as fits. */
async function writeVector(device: GPUDevice, into: Tensor, weight: Weight): Promise<void> {
  write(device, into, await weight.read(0, Math.min(weight.length, into.size / 4)));
}

async function writeNorm(device: GPUDevice, into: FrozenNorm, gain: Weight, bias?: Weight): Promise<void> {
  await writeVector(device, into.gain, gain);
  if (into.bias !== null && bias !== undefined) await writeVector(device, into.bias, bias);
}

async function writeLinear(device: GPUDevice, into: FrozenLinear, find: FindWeight, roles: readonly LinearRole[]): Promise<void> {
  const parts = roles.flatMap((role) => {
    const weight = find(role);
    return weight === undefined ? [] : [{ weight, bias: find(`${role}Bias`) }];
  });
  await writeMatrix(device, into.weight, ...parts.map(({ weight }) => weight));
  if (into.bias === null) return;
  const biases = new Float32Array(into.weight.rows);
  let first = 0;
  for (const { weight, bias } of parts) {
    if (bias !== undefined) biases.set(await whole(bias), first);
    first += weight.length / into.weight.columns;
  }
  write(device, into.bias, biases);
}
