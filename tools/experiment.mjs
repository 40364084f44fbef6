import { root, withModule } from './viteRunner.mjs';

const code = await withModule('/src/cli/main.ts', ({ main }) => main(process.argv.slice(2), root));
// Dawn's worker threads would keep the process alive.
process.exit(code);
