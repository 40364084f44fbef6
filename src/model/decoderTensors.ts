/** Between a checkpoint's tensors, named and laid out as its family says, and the decoder's weights. */
import {
  LINEAR_ROLES,
  type BlockRole,
  type BlockWeights,
  type DecoderConfig,
  type DecoderWeights,
  type FileTypes,
  type LinearRole,
} from './decoderConfig';
import { familyNamed } from './family';
import { elementCount, type FloatTensor, type PiecedTensor } from './safetensors';
import { chunksOf, required, whole, type OuterRole, type TensorSource, type Weight, type WeightSource } from './weightSource';

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

/** A tensor of a checkpoint: the weights of one role, or of several, stacked by rows. */
interface StoredTensor<Role> {
  readonly name: string;
  readonly parts: readonly { readonly role: Role; readonly rows: number }[];
  /** Null: a vector. */
  readonly columns: number | null;
  /** A matrix is stored [in, out]. */
  readonly transposed: boolean;
  /** Offset added to stored values. */
  readonly offset: number;
}

/**
 * Names and shapes of all tensors in a checkpoint of that config, in the order in which they are read.
 * @param has whether the checkpoint has a tensor, for when its prefix is unknown
 */
export function decoderTensors(
  config: DecoderConfig,
  has: (tensor: string) => boolean = () => false,
): (readonly [string, readonly number[]])[] {
  const prefix = prefixOf(config, has);
  const blocks = Array.from({ length: config.layers }, (_, layer) => blockTensors(config, layer, prefix));
  return [...outerTensors(config, prefix), ...blocks.flat()].map((tensor) => [tensor.name, storedShape(tensor)] as const);
}

/** The decoder's weights in a checkpoint, read only when needed. */
export function storedWeights(source: TensorSource, config: DecoderConfig): WeightSource {
  const prefix = prefixOf(config, (tensor) => source.has(tensor));
  const outer = outerTensors(config, prefix);
  const blocks = Array.from({ length: config.layers }, (_, layer) => blockTensors(config, layer, prefix));
  return {
    outer: (role) => weightIn(source, outer, role),
    block: (layer, role) => weightIn(source, blocks[layer]!, role),
  };
}

/** All weights of a decoder in memory. @throws as their source does. */
export async function wholeWeights(source: WeightSource, config: DecoderConfig): Promise<DecoderWeights> {
  const read = async <Role extends string>(
    roles: Iterable<Role>,
    find: (role: Role) => Weight | undefined,
  ): Promise<Record<Role, Float32Array>> => {
    const parts: [Role, Float32Array][] = [];
    for (const role of roles) {
      const weight = find(role);
      if (weight !== undefined) parts.push([role, await whole(weight)]);
    }
    return Object.fromEntries(parts) as Record<Role, Float32Array>;
  };
  const roles = outerTensors(config, '').flatMap(({ parts }) => parts.map(({ role }) => role));
  const outer = await read(roles, (role) => source.outer(role));
  const blocks: BlockWeights[] = [];
  for (let layer = 0; layer < config.layers; layer += 1) {
    blocks.push(await read(blockShapes(config).keys(), (role) => source.block(layer, role)));
  }
  return { ...outer, blocks };
}

/**
 * A checkpoint's weights in memory, read one after the other.
 * @throws ModelError when a tensor is missing or does not have the shape that `config` says.
 */
export function readWeights(source: TensorSource, config: DecoderConfig): Promise<DecoderWeights> {
  return wholeWeights(storedWeights(source, config), config);
}

/** Parameters of a decoder of that shape; a tied head is counted once. */
export function parameterCount(config: DecoderConfig): number {
  return decoderTensors(config).reduce((sum, [, shape]) => sum + elementCount(shape), 0);
}

/**
 * The inverse of `readWeights`: tensors under the family's names (with its first prefix), for
 * `writeSafetensors`.
 */
export function checkpointTensors(config: DecoderConfig, weights: DecoderWeights): Record<string, FloatTensor> {
  const prefix = familyNamed(config.family).tensors.prefixes[0]!;
  const stored: Record<string, FloatTensor> = {};
  for (const tensor of outerTensors(config, prefix)) stored[tensor.name] = stack(tensor, weights);
  weights.blocks.forEach((block, layer) => {
    for (const tensor of blockTensors(config, layer, prefix)) stored[tensor.name] = stack(tensor, block);
  });
  return stored;
}

/** A stored tensor with the weights of its roles. */
interface FilledTensor {
  readonly tensor: StoredTensor<OuterRole | BlockRole>;
  /** In the order of its parts, [out, in] and with the family's offset. */
  readonly weights: readonly Weight[];
}

/** All tensors of a decoder, each once, under the family's names with its first prefix. */
function filledTensors(config: DecoderConfig, source: WeightSource): FilledTensor[] {
  const prefix = familyNamed(config.family).tensors.prefixes[0]!;
  const fill = <Role extends OuterRole | BlockRole>(
    tensor: StoredTensor<Role>,
    find: (role: Role) => Weight | undefined,
  ): FilledTensor => ({ tensor, weights: tensor.parts.map(({ role }) => required(find(role), role)) });
  return [
    ...outerTensors(config, prefix).map((tensor) => fill(tensor, (role) => source.outer(role))),
    ...Array.from({ length: config.layers }, (_, layer) =>
      blockTensors(config, layer, prefix).map((tensor) => fill(tensor, (role) => source.block(layer, role))),
    ).flat(),
  ];
}

/** `checkpointTensors`, read from `source` a piece at a time. */
export function piecedTensors(config: DecoderConfig, source: WeightSource): PiecedTensor[] {
  return filledTensors(config, source).map((filled) => ({
    name: filled.tensor.name,
    shape: storedShape(filled.tensor),
    pieces: () => piecesOf(filled),
  }));
}

async function* piecesOf({ tensor, weights }: FilledTensor): AsyncGenerator<Float32Array> {
  const { parts, columns, transposed, offset } = tensor;
  if (transposed) {
    const held = await Promise.all(parts.map(async ({ role }, i) => [role, await whole(weights[i]!)] as const));
    yield stack(tensor, Object.fromEntries(held)).data;
    return;
  }
  for (const weight of weights) {
    for await (const { values } of chunksOf(weight, columns ?? 1)) {
      yield offset === 0 ? values : values.map((value) => value - offset);
    }
  }
}

/**
 * A tensor of a checkpoint, with the weights of its roles: [out, in] and with the family's offset, however
 * the checkpoint stores them.
 */
export interface TensorOfRoles {
  readonly name: string;
  /** Null: a vector. */
  readonly columns: number | null;
  /** Stacked by rows. */
  readonly parts: readonly { readonly role: OuterRole | BlockRole; readonly weight: Weight }[];
}

/** The same tensors, as the decoder has them. */
export function tensorsOfRoles(config: DecoderConfig, source: WeightSource): TensorOfRoles[] {
  return filledTensors(config, source).map(({ tensor: { name, columns, parts }, weights }) => ({
    name,
    columns,
    parts: parts.map(({ role }, i) => ({ role, weight: weights[i]! })),
  }));
}

/** A matrix of a block: one linear projection, or several stacked by rows. */
export interface LinearTensor {
  /** Its name in a checkpoint with the family's first prefix. */
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

/**
 * How a file stores the matrices of a decoder.
 * @param typeOf ggml's name of a tensor's type; undefined if there is no such tensor
 */
export function fileTypes(config: DecoderConfig, typeOf: (tensor: string) => string | undefined): FileTypes {
  const prefix = familyNamed(config.family).tensors.prefixes[0]!;
  const outer = (role: OuterRole): string | undefined => {
    const tensor = outerTensors(config, prefix).find(({ parts }) => parts[0]!.role === role);
    return tensor && typeOf(tensor.name);
  };
  const blocks = Array.from({ length: config.layers }, (): Partial<Record<LinearRole, string>> => ({}));
  for (const { name, layer, roles } of linearTensors(config)) {
    const type = typeOf(name);
    if (type !== undefined) for (const role of roles) blocks[layer]![role] = type;
  }
  const head = outer('head');
  return { embedding: outer('embedding') ?? 'F32', ...(head !== undefined && { head }), blocks };
}

/** Tensors outside blocks. */
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

/** The weight of a role, in the stored tensor that contains it. */
function weightIn<Role>(source: TensorSource, tensors: readonly StoredTensor<Role>[], role: Role): Weight | undefined {
  const tensor = tensors.find(({ parts }) => parts.some((part) => part.role === role));
  if (tensor === undefined) return undefined;
  const { name, parts, transposed, offset } = tensor;
  const columns = tensor.columns ?? 1;
  const index = parts.findIndex((part) => part.role === role);
  const start = columns * parts.slice(0, index).reduce((sum, { rows }) => sum + rows, 0);
  const rows = rowsOf(tensor);
  const shape = storedShape(tensor);
  // The rows of a transposed matrix are spread over all of the stored tensor.
  const range = (begin: number, end: number) =>
    transposed ? ([0, rows * columns] as const) : ([start + begin, start + end] as const);
  const asRole = (stored: Float32Array, begin: number, end: number): Float32Array => {
    const values = transposed ? transposedRange(stored, rows, columns, start + begin, start + end) : stored;
    return offset === 0 ? values : values.map((value) => value + offset);
  };
  const blocks = source.blocks?.(name, shape);
  return {
    length: columns * parts[index]!.rows,
    read: async (begin, end) => asRole(await source.read(name, shape, ...range(begin, end)), begin, end),
    ...(source.readNow && {
      readNow: (begin, end) => asRole(source.readNow!(name, shape, ...range(begin, end)), begin, end),
    }),
    ...(blocks && {
      blocks: { type: blocks.type, read: (begin, end) => blocks.read(start + begin, start + end) },
    }),
  };
}

/** Stacks the weights of a tensor's roles as stored: the inverse of `weightIn`. */
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

/** Elements `begin` ≤ i < `end` of [rows, columns], given [columns, rows]. */
function transposedRange(stored: Float32Array, rows: number, columns: number, begin: number, end: number): Float32Array {
  const values = new Float32Array(end - begin);
  let row = Math.floor(begin / columns);
  let column = begin % columns;
  for (let i = 0; i < values.length; i += 1) {
    values[i] = stored[column * rows + row]!;
    column += 1;
    if (column === columns) [row, column] = [row + 1, 0];
  }
  return values;
}

/** [rows, columns] → [columns, rows]. */
function transpose(data: Float32Array, rows: number, columns: number): Float32Array<ArrayBuffer> {
  const result = new Float32Array(data.length);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) result[column * rows + row] = data[row * columns + column]!;
  }
  return result;
}
