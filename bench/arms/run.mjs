// `npm run bench:arms`; `npm run bench:arms -- --help` lists the options.
import { root, withModule } from '../../tools/viteRunner.mjs';

// Dawn's worker threads would keep the process alive.
process.exit(await withModule('/bench/arms/cli.ts', ({ main }) => main(process.argv.slice(2), root)));
