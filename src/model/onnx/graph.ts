/**
 * Builds an ONNX model node by node. Field numbers are those of onnx.proto3 (https://github.com/onnx/onnx).
 */
import type { Weight } from '../weightSource';
import { ProtoWriter } from './protobuf';

/** TensorProto.DataType. */
const DATA_TYPES = { float: 1, int64: 7, bool: 9 } as const;
export type DataType = keyof typeof DATA_TYPES;

/** AttributeProto.AttributeType. */
const ATTRIBUTE_TYPES = { float: 1, int: 2, ints: 7 } as const;

/** A fixed size, or the name of one that is known only at run time. */
export type Dimension = number | string;

export type Attribute = { readonly float: number } | { readonly int: number } | { readonly ints: readonly number[] };

interface Initialiser {
  readonly type: DataType;
  readonly shape: readonly number[];
  /** A weight is stored outside the model, under the initialiser's name. */
  readonly content: Uint8Array | Weight;
}

/** Where large initialisers go when they do not fit into the model's own file. */
export interface ExternalData {
  /** Name of the first file; later ones are called `{name}_1`, `{name}_2`, … */
  readonly name: string;
  /** A new file starts where the next initialiser would pass this many bytes. */
  readonly fileBytes: number;
}

/** A file as pieces, one after the other. */
export type Pieces = readonly Uint8Array[];

export interface BuiltGraph {
  readonly model: ProtoWriter;
  /** Data files. */
  readonly data: ReadonlyMap<string, Pieces>;
  /** Contents of further files, by name: one weight each. */
  readonly weights: ReadonlyMap<string, Weight>;
}

/** The name of a value that a node, an input or an initialiser defines. */
export type Value = string;

const IR_VERSION = 8;
const OPSET = 18;
/** TensorProto.DataLocation. */
const EXTERNAL = 1;
/** Minimum size of external initialisers: shapes must be known before data files are read. */
const LEAST_EXTERNAL = 1024;
const PAGE = 4096;

export class GraphBuilder {
  readonly #nodes: ProtoWriter[] = [];
  readonly #initialisers = new Map<string, Initialiser>();
  readonly #inputs: ProtoWriter[] = [];
  readonly #outputs: ProtoWriter[] = [];
  #counter = 0;

  constructor(readonly name: string) {}

  input(name: string, type: DataType, dimensions: readonly Dimension[]): Value {
    this.#inputs.push(valueInfo(name, type, dimensions));
    return name;
  }

  /** Declares a value as output; some node must define it under this name. */
  output(name: Value, type: DataType, dimensions: readonly Dimension[]): void {
    this.#outputs.push(valueInfo(name, type, dimensions));
  }

  /**
   * A float32 initialiser; `data` must not change before `build`, and a weight is not read. Naming one twice
   * yields the first.
   */
  floats(name: string, data: Float32Array | Weight, shape: readonly number[]): Value {
    return this.#initialiser(name, 'float', shape, data instanceof Float32Array ? littleEndianBytes(data) : data);
  }

  /** A float32 scalar. */
  scalar(value: number): Value {
    return this.floats(`float ${value}`, Float32Array.of(value), []);
  }

  /** A one-dimensional int64 constant. */
  integers(values: readonly number[]): Value {
    const data = BigInt64Array.from(values, BigInt);
    return this.#initialiser(`int64 [${values.join(' ')}]`, 'int64', [values.length], new Uint8Array(data.buffer));
  }

  /** An int64 scalar. */
  integer(value: number): Value {
    return this.#initialiser(`int64 ${value}`, 'int64', [], new Uint8Array(BigInt64Array.of(BigInt(value)).buffer));
  }

  /** Adds a standard operator with one output, and returns that output's name: `as` or a fresh one. */
  node(operator: string, inputs: readonly Value[], attributes: Readonly<Record<string, Attribute>> = {}, as?: string): Value {
    const output = as ?? this.#fresh(operator);
    this.#add(operator, inputs, [output], attributes);
    return output;
  }

  /** Cuts the last axis into two equal halves. */
  halves(value: Value): readonly [Value, Value] {
    const outputs = [this.#fresh('Split'), this.#fresh('Split')] as const;
    this.#add('Split', [value], outputs, { axis: { int: -1 }, num_outputs: { int: 2 } });
    return outputs;
  }

  /** Bytes of all initialisers in memory. */
  get bytes(): number {
    return [...this.#initialisers.values()].reduce((sum, { content }) => sum + (isHeld(content) ? content.length : 0), 0);
  }

  /**
   * The serialised ModelProto; with `external`, large initialisers are in data files. Weights are keyed by
   * the names that the model uses.
   */
  build(external?: ExternalData): BuiltGraph {
    const graph = new ProtoWriter();
    const files = new DataFiles(external);
    const weights = new Map<string, Weight>();
    for (const node of this.#nodes) graph.message(1, node);
    graph.string(2, this.name);
    for (const [name, { type, shape, content }] of this.#initialisers) {
      const tensor = new ProtoWriter();
      if (shape.length > 0) tensor.integers(1, shape);
      tensor.integer(2, DATA_TYPES[type]).string(8, name);
      const held = isHeld(content);
      const place = held ? files.place(content) : { location: name, offset: 0, length: bytesIn(content) };
      if (!held) weights.set(name, content);
      if (held && place === null) tensor.bytes(9, content);
      if (place !== null) {
        for (const [key, value] of Object.entries(place)) {
          tensor.message(13, new ProtoWriter().string(1, key).string(2, String(value)));
        }
        tensor.integer(14, EXTERNAL);
      }
      graph.message(5, tensor);
    }
    for (const input of this.#inputs) graph.message(11, input);
    for (const output of this.#outputs) graph.message(12, output);
    const model = new ProtoWriter()
      .integer(1, IR_VERSION)
      .string(2, 'karma-playground')
      .message(7, graph)
      .message(8, new ProtoWriter().string(1, '').integer(2, OPSET));
    return { model, data: files.pieces, weights };
  }

  #add(
    operator: string,
    inputs: readonly Value[],
    outputs: readonly Value[],
    attributes: Readonly<Record<string, Attribute>>,
  ): void {
    const node = new ProtoWriter();
    for (const input of inputs) node.string(1, input);
    for (const output of outputs) node.string(2, output);
    node.string(3, outputs[0] ?? operator).string(4, operator);
    for (const [name, attribute] of Object.entries(attributes)) node.message(5, attributeProto(name, attribute));
    this.#nodes.push(node);
  }

  #initialiser(name: string, type: DataType, shape: readonly number[], content: Initialiser['content']): Value {
    if (!this.#initialisers.has(name)) this.#initialisers.set(name, { type, shape, content });
    return name;
  }

  #fresh(operator: string): string {
    this.#counter += 1;
    return `${operator}_${this.#counter}`;
  }
}

/** Numbers as bytes in files: little-endian, like all machines that browsers run on. */
export function littleEndianBytes<T extends ArrayBufferLike>({ buffer, byteOffset, byteLength }: Float32Array<T>): Uint8Array<T> {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Bytes of a weight as float32. */
export function bytesIn({ length }: Weight): number {
  return Float32Array.BYTES_PER_ELEMENT * length;
}

function isHeld(content: Initialiser['content']): content is Uint8Array {
  return content instanceof Uint8Array;
}

/** Places initialisers in files of external data. */
class DataFiles {
  readonly pieces = new Map<string, Uint8Array[]>();
  #name = '';
  #length = 0;

  constructor(private readonly external: ExternalData | undefined) {}

  /**
   * Stores the bytes; returns where, with the keys of TensorProto.external_data, or null for the model's own
   * file.
   */
  place(raw: Uint8Array): { readonly location: string; readonly offset: number; readonly length: number } | null {
    if (this.external === undefined || raw.length < LEAST_EXTERNAL) return null;
    const { name, fileBytes } = this.external;
    if (this.#name === '' || this.#length + raw.length > fileBytes) {
      const count = this.pieces.size;
      this.#name = count === 0 ? name : `${name}_${count}`;
      this.#length = 0;
      this.pieces.set(this.#name, []);
    }
    const place = { location: this.#name, offset: this.#length, length: raw.length };
    // Offsets are multiples of a page, as the format requires for memory-mapped files.
    const padding = (PAGE - (raw.length % PAGE)) % PAGE;
    this.pieces.get(this.#name)!.push(raw, new Uint8Array(padding));
    this.#length += raw.length + padding;
    return place;
  }
}

function attributeProto(name: string, attribute: Attribute): ProtoWriter {
  const writer = new ProtoWriter().string(1, name);
  if ('float' in attribute) return writer.float(2, attribute.float).integer(20, ATTRIBUTE_TYPES.float);
  if ('int' in attribute) return writer.integer(3, attribute.int).integer(20, ATTRIBUTE_TYPES.int);
  return writer.integers(8, attribute.ints).integer(20, ATTRIBUTE_TYPES.ints);
}

function valueInfo(name: string, type: DataType, dimensions: readonly Dimension[]): ProtoWriter {
  const shape = new ProtoWriter();
  for (const dimension of dimensions) {
    const writer = new ProtoWriter();
    shape.message(1, typeof dimension === 'number' ? writer.integer(1, dimension) : writer.string(2, dimension));
  }
  const tensorType = new ProtoWriter().integer(1, DATA_TYPES[type]).message(2, shape);
  return new ProtoWriter().string(1, name).message(2, new ProtoWriter().message(1, tensorType));
}
