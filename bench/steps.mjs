// `npm run bench`: prints a table; with a file name it also writes JSON.
import { writeFile } from 'node:fs/promises';
import { root, withModule } from '../tools/viteRunner.mjs';

const result = await withModule('/bench/steps.ts', ({ benchSteps }) => benchSteps(root));
console.info(`adapter: ${result.adapter}`);
console.table(
  result.rows.map(({ batch, loss, arm, firstMs, medianMs, cpuMs, peakMb }) => {
    const action = result.rows.find((row) => row.batch === batch && row.loss === loss && row.arm === 'action');
    return {
      batch,
      loss,
      arm,
      'first ms': Math.round(firstMs),
      'step ms': Math.round(medianMs),
      'cpu ms': Math.round(cpuMs),
      'of action': (cpuMs / action.cpuMs).toFixed(2),
      'peak MB': Math.round(peakMb),
    };
  }),
);
const [out] = process.argv.slice(2);
if (out !== undefined) await writeFile(out, JSON.stringify(result, null, 2));
process.exit(0);
