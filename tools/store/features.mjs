// Makes public/datasets/wordnet-store/features-wordnet-1m.safetensors again. Run after make.mjs, or when the
// model changes.
import { root, withModule } from '../viteRunner.mjs';

await withModule('/src/cli/shipFeatures.ts', ({ shipFeatures }) => shipFeatures(root));
process.exit(0);
