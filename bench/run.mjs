// `npm run bench`: the engine beside other libraries; `npm run bench -- intake`, `npm run bench -- arms`.
// `--help` lists the options of each.
import { root, withModule } from '../tools/viteRunner.mjs';

const MODULES = { intake: '/bench/intake/cli.ts', arms: '/bench/arms.ts' };
const [name, ...options] = process.argv.slice(2);
const module = MODULES[name];
const args = module === undefined ? process.argv.slice(2) : options;
const code = await withModule(module ?? '/bench/cli.ts', ({ main }) => main(args, root));
// Dawn's worker threads would keep the process alive.
process.exit(code);
