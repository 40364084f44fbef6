/** Files of ten megabytes, of every kind that the page opens; see src/testing/largeFiles.ts. */
import type * as LargeFiles from '../../src/testing/largeFiles';
import type * as TinyModels from '../../src/testing/tinyModel';
import { throughVite } from './throughVite';

/** With this many layers, the weights take eight megabytes. */
const LARGE = { hidden_size: 256, num_attention_heads: 4, num_key_value_heads: 2, intermediate_size: 1024 };
/** Number of unused tokens, with which the tokenizer's file takes ten megabytes. */
const TOKENS = 90_000;

export function makeLargeFiles(): Promise<readonly LargeFiles.LargeFile[]> {
  return throughVite(async (load) => {
    const { tinyModel } = await load<typeof TinyModels>('/src/testing/tinyModel.ts');
    const { largeFiles } = await load<typeof LargeFiles>('/src/testing/largeFiles.ts');
    return largeFiles(
      () => tinyModel({ config: LARGE }),
      () => tinyModel({ tokens: TOKENS, config: { hidden_size: 16 } }),
    );
  });
}
