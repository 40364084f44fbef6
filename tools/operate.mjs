import { root, withModule } from './viteRunner.mjs';

const code = await withModule('/src/cli/operate.ts', ({ operate }) => operate(process.argv.slice(2), root));
// Dawn's worker threads would keep the process alive.
process.exit(code);
