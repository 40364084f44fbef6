// Makes public/datasets/wordnet-store/heads/ again. Run after make.mjs and features.mjs, when the model or the presets change, and when the fit does.
import { root, withModule } from '../viteRunner.mjs';

await withModule('/src/cli/shipHeads.ts', ({ shipHeads }) => shipHeads(root));
process.exit(0);
