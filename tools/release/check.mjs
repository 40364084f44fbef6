// `node tools/release/check.mjs [--tag v1.0.0]`: what keeps this checkout from being released.
import { root, withModule } from '../viteRunner.mjs';

process.exitCode = await withModule('/tools/release/problems.ts', ({ main }) => main(root, process.argv.slice(2)));
