/** The decoder's frozen weights on the GPU; projections that share an input are stacked into one matrix. Shared by all arms. */
import { write, type Memory, type Tensor } from '../gpu/tensor';
import { roundUp4 } from './context';
import type { DecoderConfig, DecoderWeights } from '../model/decoderConfig';
import type { WeightFormat } from './weightFormat';
import { allocateMatrix, writeMatrix, type WeightMatrix } from './weightMatrix';

export interface FrozenBlock {
  readonly inputNorm: Tensor;
  /** [(heads + 2·kvHeads)·headSize, hidden] */
  readonly qkv: WeightMatrix;
  /** [hidden, heads·headSize] */
  readonly o: WeightMatrix;
  readonly postNorm: Tensor;
  /** [2·intermediate, hidden] */
  readonly gateUp: WeightMatrix;
  /** [hidden, intermediate] */
  readonly down: WeightMatrix;
}

export interface FrozenWeights {
  readonly config: DecoderConfig;
  /** [vocabulary, hidden], rows padded with zeros to a multiple of 4; also the LM head. */
  readonly embedding: WeightMatrix;
  readonly blocks: readonly FrozenBlock[];
  readonly finalNorm: Tensor;
}

/** Room for the weights of a model of that shape; zero until `fillWeights`. Norms stay f32. */
export function allocateWeights(memory: Memory, config: DecoderConfig, format: WeightFormat): FrozenWeights {
  const { hidden, heads, kvHeads, headSize, intermediate } = config;
  const matrix = (rows: number, columns: number, label: string): WeightMatrix =>
    allocateMatrix(memory, rows, columns, format, label);
  const blocks = Array.from({ length: config.layers }, (_, layer) => ({
    inputNorm: memory.tensor(hidden, `input norm ${layer}`),
    qkv: matrix((heads + 2 * kvHeads) * headSize, hidden, `q,k,v ${layer}`),
    o: matrix(hidden, heads * headSize, `o ${layer}`),
    postNorm: memory.tensor(hidden, `post norm ${layer}`),
    gateUp: matrix(2 * intermediate, hidden, `gate,up ${layer}`),
    down: matrix(hidden, intermediate, `down ${layer}`),
  }));
  const embedding = matrix(roundUp4(config.vocabulary), hidden, 'embedding');
  return { config, embedding, blocks, finalNorm: memory.tensor(hidden, 'final norm') };
}

/** Queues the copy of a model's weights into place. */
export function fillWeights(device: GPUDevice, frozen: FrozenWeights, weights: DecoderWeights): void {
  writeMatrix(device, frozen.embedding, weights.embedding);
  write(device, frozen.finalNorm, weights.finalNorm);
  weights.blocks.forEach((block, layer) => {
    const into = frozen.blocks[layer]!;
    write(device, into.inputNorm, block.inputNorm);
    write(device, into.postNorm, block.postNorm);
    writeMatrix(device, into.qkv, block.q, block.k, block.v);
    writeMatrix(device, into.o, block.o);
    writeMatrix(device, into.gateUp, ...(block.gate === undefined ? [] : [block.gate]), block.up);
    writeMatrix(device, into.down, block.down);
  });
}
