// `npm run bench:tiles`; `npm run bench:tiles -- --help` lists the options.
import { withModule } from '../../tools/viteRunner.mjs';

// Mesa would keep what it compiled.
process.env.MESA_SHADER_CACHE_DISABLE = 'true';
// Dawn's worker threads would keep the process alive.
process.exit(await withModule('/bench/tiles/cli.ts', ({ main }) => main(process.argv.slice(2))));
