// `npm run bench`; `npm run bench -- --help` lists the options.
import { root, withModule } from '../tools/viteRunner.mjs';

const code = await withModule('/bench/cli.ts', ({ main }) => main(process.argv.slice(2), root));
// Dawn's worker threads would keep the process alive.
process.exit(code);
