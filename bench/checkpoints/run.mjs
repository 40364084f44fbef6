// `npm run bench:checkpoints`; `npm run bench:checkpoints -- --help` lists the options.
import { root, withModule } from '../../tools/viteRunner.mjs';

// Dawn's worker threads would keep the process alive.
process.exit(await withModule('/bench/checkpoints/cli.ts', ({ main }) => main(process.argv.slice(2), root)));
