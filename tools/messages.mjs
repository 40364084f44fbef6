import { readFileSync } from 'node:fs';
import { root, withModule } from './viteRunner.mjs';

process.exitCode = await withModule('/tools/messages/list.ts', ({ main }) =>
  main(process.argv.slice(2), root, (file) => readFileSync(file, 'utf8')),
);
