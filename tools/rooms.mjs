// The rules of rooms, a part of `npm run lint` and of `npm test -- checks`.
import { root, withModule } from './viteRunner.mjs';

process.exitCode = await withModule('/tools/rooms/check.ts', ({ main }) => main(root));
