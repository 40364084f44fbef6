// The process that bench/intake/beside.ts starts for our own reader: prints its measurements.
import { withModule } from '../../tools/viteRunner.mjs';

console.log(JSON.stringify(await withModule('/bench/intake/beside.ts', ({ readOurs }) => readOurs(process.argv[2]))));
process.exit(0);
