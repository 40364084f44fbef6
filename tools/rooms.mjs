// The checks of `npm run rooms`.
import { root, withModule } from './viteRunner.mjs';

process.exitCode = await withModule('/tools/rooms/check.ts', ({ main }) => main(root));
