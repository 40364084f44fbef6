/** What the engine's kernels do not compute yet. The ONNX graph and the PyTorch reference compute all of it. */
import type { DecoderConfig } from './decoderConfig';
import { familyNamed } from './family';
import { ModelError } from './modelError';

/** @throws ModelError naming the family and what the engine lacks for it. */
export function refuseUntrainable(config: DecoderConfig): void {
  const lacks = {
    LayerNorm: config.norm === 'layer',
    'norms of outputs': config.outputNorms,
    'norms of query and key heads': config.headNorms,
    GELU: config.activation !== 'silu' || !config.gated,
    biases: config.biases.length > 0,
    'learned positions': config.positions === 'learned',
    'sliding windows': config.attention.some(({ window }) => window !== null),
    'scaled embeddings': config.embeddingScale !== 1,
    'an LM head apart from the embedding': !config.tiedHead,
    'scaled rotations': config.ropes.length > 1 || config.ropes.some(({ scaling }) => scaling !== null),
  };
  const missing = Object.entries(lacks).flatMap(([name, needed]) => (needed ? [name] : []));
  if (missing.length === 0) return;
  throw new ModelError(
    `${familyNamed(config.family).title} cannot be fine-tuned yet: ${missing.join(', ')}.`,
    'Take a Llama model such as SmolLM2, or the embedded one.',
  );
}
