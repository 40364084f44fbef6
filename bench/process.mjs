// The process that bench/node.ts starts for every contestant.
import { root, withModule } from '../tools/viteRunner.mjs';

await withModule('/bench/contestantProcess.ts', ({ answerParent }) => answerParent(root));
process.exit(0);
