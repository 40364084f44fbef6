// `npm run bench:intake`; `npm run bench:intake -- --help` lists the options.
import { root, withModule } from '../../tools/viteRunner.mjs';

process.exit(await withModule('/bench/intake/cli.ts', ({ main }) => main(process.argv.slice(2), root)));
