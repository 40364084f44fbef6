/** The decoder's frozen weights on the GPU; projections that share an input are stacked into one matrix. Shared by all arms. */
import { write, type Memory, type Tensor } from '../gpu/tensor';
import { roundUp4 } from './context';
import type { DecoderConfig, DecoderWeights } from '../model/decoderConfig';

export interface FrozenBlock {
  readonly inputNorm: Tensor;
  /** [(heads + 2·kvHeads)·headSize, hidden] */
  readonly qkv: Tensor;
  /** [hidden, heads·headSize] */
  readonly o: Tensor;
  readonly postNorm: Tensor;
  /** [2·intermediate, hidden] */
  readonly gateUp: Tensor;
  /** [hidden, intermediate] */
  readonly down: Tensor;
}

export interface FrozenWeights {
  readonly config: DecoderConfig;
  /** [vocabulary, hidden], rows padded with zeros to a multiple of 4; also the LM head. */
  readonly embedding: Tensor;
  readonly blocks: readonly FrozenBlock[];
  readonly finalNorm: Tensor;
}

export function uploadWeights(memory: Memory, config: DecoderConfig, weights: DecoderWeights): FrozenWeights {
  const blocks = weights.blocks.map((block, layer) => ({
    inputNorm: memory.upload(block.inputNorm, `input norm ${layer}`),
    qkv: memory.upload(stack(block.q, block.k, block.v), `q,k,v ${layer}`),
    o: memory.upload(block.o, `o ${layer}`),
    postNorm: memory.upload(block.postNorm, `post norm ${layer}`),
    gateUp: memory.upload(stack(block.gate, block.up), `gate,up ${layer}`),
    down: memory.upload(block.down, `down ${layer}`),
  }));
  const embedding = memory.tensor(roundUp4(config.vocabulary) * config.hidden, 'embedding');
  write(memory.device, embedding, weights.embedding);
  return {
    config,
    embedding,
    blocks,
    finalNorm: memory.upload(weights.finalNorm, 'final norm'),
  };
}

function stack(...parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
