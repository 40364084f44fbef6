import { withModule } from './viteRunner.mjs';

try {
  console.info(await withModule('/src/cli/summarise.ts', ({ summarise }) => summarise(process.argv.slice(2))));
} catch (error) {
  console.error(error.message);
  process.exit(2);
}
