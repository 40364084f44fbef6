// The process that bench/intake/node.ts starts: reads the given files, and sends its measurements.
import { withModule } from '../../tools/viteRunner.mjs';

const report = await withModule('/bench/intake/nodeProcess.ts', ({ measure }) => measure(process.argv.slice(2)));
process.send(report, () => process.exit(0));
