/** Between a checkpoint's tensors, named and laid out as its family says, and the decoder's weights. */
import {
  LINEAR_ROLES,
  type BlockRole,
  type BlockWeights,
  type DecoderConfig,
  type DecoderWeights,
  type LinearRole,
} from './decoderConfig';
import { familyNamed } from './family';
import type { FloatTensor } from './safetensors';

/** Rows and columns of a matrix, or the length of a vector. */
type Shape = readonly [number, number] | readonly [number];

/** Shapes of a block's weights, [out, in]: exactly the roles that blocks of this config have. */
export function blockShapes(config: DecoderConfig): ReadonlyMap<BlockRole, Shape> {
  const { hidden, intermediate, headSize } = config;
  const queries = config.heads * headSize;
  const keys = config.kvHeads * headSize;
  const shapes = new Map<BlockRole, Shape>();
  const norm = (role: 'inputNorm' | 'postNorm'): void => {
    shapes.set(role, [hidden]);
    if (config.norm === 'layer') shapes.set(`${role}Bias`, [hidden]);
  };
  const linear = (role: LinearRole, rows: number, columns: number): void => {
    shapes.set(role, [rows, columns]);
    if (config.biases.includes(role)) shapes.set(`${role}Bias`, [rows]);
  };
  norm('inputNorm');
  linear('q', queries, hidden);
  linear('k', keys, hidden);
  linear('v', keys, hidden);
  if (config.headNorms) shapes.set('qNorm', [headSize]).set('kNorm', [headSize]);
  linear('o', hidden, queries);
  if (config.outputNorms) shapes.set('attentionNorm', [hidden]);
  norm('postNorm');
  if (config.gated) linear('gate', intermediate, hidden);
  linear('up', intermediate, hidden);
  linear('down', hidden, intermediate);
  if (config.outputNorms) shapes.set('mlpNorm', [hidden]);
  return shapes;
}

/** A tensor of a checkpoint: the weights of one role, or of several stacked by rows. */
interface StoredTensor<Role> {
  readonly name: string;
  readonly parts: readonly { readonly role: Role; readonly rows: number }[];
  /** Null: a vector. */
  readonly columns: number | null;
  /** A matrix is stored [in, out]. */
  readonly transposed: boolean;
  /** What is added to stored values. */
  readonly offset: number;
}

/** Where tensors are read from; `read` throws ModelError when there is none of that name and shape. */
export interface TensorSource {
  has(tensor: string): boolean;
  read(tensor: string, shape: readonly number[]): Float32Array | Promise<Float32Array>;
}

/**
 * Names and shapes of all tensors that a checkpoint of that config has, in the order they are read.
 * @param has whether the checkpoint has a tensor, where its prefix is not known
 */
export function decoderTensors(
  config: DecoderConfig,
  has: (tensor: string) => boolean = () => false,
): (readonly [string, readonly number[]])[] {
  const prefix = prefixOf(config, has);
  const blocks = Array.from({ length: config.layers }, (_, layer) => blockTensors(config, layer, prefix));
  return [...outerTensors(config, prefix), ...blocks.flat()].map((tensor) => [tensor.name, storedShape(tensor)] as const);
}

/**
 * The decoder's weights, read one tensor after the other.
 * @throws ModelError when a tensor is missing or does not have the shape that `config` says.
 */
export async function readWeights(source: TensorSource, config: DecoderConfig): Promise<DecoderWeights> {
  const prefix = prefixOf(config, (tensor) => source.has(tensor));
  const read = async <Role extends string>(tensors: readonly StoredTensor<Role>[]): Promise<Record<Role, Float32Array>> => {
    const parts: [Role, Float32Array][] = [];
    for (const tensor of tensors) parts.push(...cut(tensor, await source.read(tensor.name, storedShape(tensor))));
    return Object.fromEntries(parts) as Record<Role, Float32Array>;
  };
  const outer = await read(outerTensors(config, prefix));
  const blocks: BlockWeights[] = [];
  for (let layer = 0; layer < config.layers; layer += 1) blocks.push(await read(blockTensors(config, layer, prefix)));
  return { ...outer, blocks };
}

/** The inverse of `readWeights`: tensors under the family's names (with its first prefix), for `writeSafetensors`. */
export function checkpointTensors(config: DecoderConfig, weights: DecoderWeights): Record<string, FloatTensor> {
  const prefix = familyNamed(config.family).tensors.prefixes[0]!;
  const stored: Record<string, FloatTensor> = {};
  for (const tensor of outerTensors(config, prefix)) stored[tensor.name] = stack(tensor, weights);
  weights.blocks.forEach((block, layer) => {
    for (const tensor of blockTensors(config, layer, prefix)) stored[tensor.name] = stack(tensor, block);
  });
  return stored;
}

/** A matrix of a block: one linear projection, or several stacked by rows. */
export interface LinearTensor {
  /** As in a checkpoint with the family's first prefix. */
  readonly name: string;
  readonly layer: number;
  readonly roles: readonly LinearRole[];
  /** Length of its input. */
  readonly columns: number;
}

/** The linear projections of all blocks, each stored tensor once. */
export function linearTensors(config: DecoderConfig): LinearTensor[] {
  const prefix = familyNamed(config.family).tensors.prefixes[0]!;
  const isLinear = (role: BlockRole): role is LinearRole => (LINEAR_ROLES as readonly string[]).includes(role);
  return Array.from({ length: config.layers }, (_, layer) => layer).flatMap((layer) =>
    blockTensors(config, layer, prefix).flatMap(({ name, parts, columns }) => {
      const roles = parts.map(({ role }) => role).filter(isLinear);
      return columns === null || roles.length === 0 ? [] : [{ name, layer, roles, columns }];
    }),
  );
}

type OuterRole = Exclude<keyof DecoderWeights, 'blocks'>;

/** Tensors outside of blocks. */
function outerTensors(config: DecoderConfig, prefix: string): StoredTensor<OuterRole>[] {
  const { tensors, norm } = familyNamed(config.family);
  const { hidden, vocabulary } = config;
  const vector = (role: OuterRole, name: string, offset = 0): StoredTensor<OuterRole> => {
    return { name, parts: [{ role, rows: hidden }], columns: null, transposed: false, offset };
  };
  const matrix = (role: OuterRole, name: string, rows: number): StoredTensor<OuterRole> => {
    return { name, parts: [{ role, rows }], columns: hidden, transposed: false, offset: 0 };
  };
  return [
    matrix('embedding', prefix + tensors.embedding, vocabulary),
    ...(config.positions === 'learned' ? [matrix('positions', prefix + tensors.positions!, config.maxPositions)] : []),
    vector('finalNorm', prefix + tensors.finalNorm, norm.gainOffset),
    ...(config.norm === 'layer' ? [vector('finalNormBias', biasName(prefix + tensors.finalNorm))] : []),
    ...(config.tiedHead ? [] : [matrix('head', tensors.head, vocabulary)]),
  ];
}

/** The tensors of one block, each once. */
function blockTensors(config: DecoderConfig, layer: number, prefix: string): StoredTensor<BlockRole>[] {
  const { tensors, norm } = familyNamed(config.family);
  const shapes = blockShapes(config);
  const byName = new Map<string, StoredTensor<BlockRole>>();
  for (const [role, [, columns]] of shapes) {
    const isBias = role.endsWith('Bias');
    const owner = (isBias ? role.slice(0, -'Bias'.length) : role) as keyof typeof tensors.block;
    const named = tensors.block[owner];
    if (named === undefined) throw new Error(`the family ${config.family} does not name ${owner}`);
    const pattern = prefix + (typeof named === 'string' ? named : named.name);
    const weight = pattern.replace('{layer}', String(layer));
    const stacked: readonly (keyof typeof tensors.block)[] = typeof named === 'string' ? [owner] : named.stack;
    const parts = stacked.map((part) => (isBias ? (`${part}Bias` as BlockRole) : part));
    const name = isBias ? biasName(weight) : weight;
    byName.set(name, {
      name,
      parts: parts.map((part) => ({ role: part, rows: shapes.get(part)![0] })),
      columns: columns ?? null,
      transposed: tensors.transposed && columns !== undefined,
      offset: columns === undefined && !isBias ? norm.gainOffset : 0,
    });
  }
  return [...byName.values()];
}

function biasName(weight: string): string {
  return weight.replace(/weight$/, 'bias');
}

function prefixOf(config: DecoderConfig, has: (tensor: string) => boolean): string {
  const { prefixes, embedding } = familyNamed(config.family).tensors;
  return prefixes.find((prefix) => has(prefix + embedding)) ?? prefixes[0]!;
}

function rowsOf<Role>({ parts }: StoredTensor<Role>): number {
  return parts.reduce((sum, part) => sum + part.rows, 0);
}

function storedShape<Role>(tensor: StoredTensor<Role>): readonly number[] {
  const rows = rowsOf(tensor);
  if (tensor.columns === null) return [rows];
  return tensor.transposed ? [tensor.columns, rows] : [rows, tensor.columns];
}

/** The weights of every role in a stored tensor. */
function cut<Role>(tensor: StoredTensor<Role>, stored: Float32Array): [Role, Float32Array][] {
  const { parts, columns, transposed, offset } = tensor;
  let data = transposed && columns !== null ? transpose(stored, columns, rowsOf(tensor)) : stored;
  if (offset !== 0) data = data.map((value) => value + offset);
  let first = 0;
  return parts.map(({ role, rows }) => [role, data.subarray(first, (first += rows * (columns ?? 1)))]);
}

/** The inverse of `cut`. */
function stack<Role extends string>(tensor: StoredTensor<Role>, weights: Partial<Record<Role, unknown>>): FloatTensor {
  const { parts, columns, transposed, offset } = tensor;
  const rows = rowsOf(tensor);
  const data = new Float32Array(rows * (columns ?? 1));
  let first = 0;
  for (const { role } of parts) {
    const part = weights[role] as Float32Array;
    data.set(part, first);
    first += part.length;
  }
  if (offset !== 0) data.forEach((value, i) => (data[i] = value - offset));
  return { shape: storedShape(tensor), data: transposed && columns !== null ? transpose(data, rows, columns) : data };
}

/** [rows, columns] → [columns, rows]. */
function transpose(data: Float32Array, rows: number, columns: number): Float32Array<ArrayBuffer> {
  const result = new Float32Array(data.length);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) result[column * rows + row] = data[row * columns + column]!;
  }
  return result;
}
