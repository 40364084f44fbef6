import { withModule } from '../../tools/viteRunner.mjs';
await withModule('/bench/intake/quick.ts', ({ main }) => main(process.argv[2], Number(process.argv[3])));
process.exit(0);
