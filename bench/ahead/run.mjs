// `npm run bench:ahead`; `npm run bench:ahead -- --help` lists the options.
import { withModule } from '../../tools/viteRunner.mjs';

// Dawn's worker threads would keep the process alive.
process.exit(await withModule('/bench/ahead/cli.ts', ({ main }) => main(process.argv.slice(2))));
