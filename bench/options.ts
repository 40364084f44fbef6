/** Arguments of `npm run bench`. */
import { parseArgs } from 'node:util';
import type { BenchOptions } from './benchmark';
import { readChoices } from './choices';

export const USAGE = `npm run bench -- [options]
npm run bench -- intake --help    a large log through the intake
npm run bench -- arms --help      a training step with each term of the objective
  --only a,d-step-karma   only cases whose names begin so; long cases are left out on a software adapter unless named by more than a letter
  --libraries ours,jax    only these libraries (ours, jax, tensorflow, onnx, torch)
  --repeats 10            rounds that are timed; a library that has had three and a minute in all is not run again
  --anyway                run even if other programs use the machine; what was measured meanwhile is marked "not idle"
  --out bench.json        write everything measured, as in bench/results/
  --card "RTX 4090"       the card's name, for the report
  --peak 82.6             the card's f32 TFLOP/s, by its maker's data sheet: adds the share of it
  --node                  in Node over Dawn instead of Chromium (KARMA_ADAPTER=swiftshader chooses the software driver)
  --gpu                   Chromium takes the machine's GPU instead of its software adapter, and PyTorch its CUDA
  --serve                 print the page's address, with these choices, and wait: to open it in a browser of your own`;

export interface CliOptions extends Omit<BenchOptions, 'suite'> {
  readonly out: string | null;
  readonly where: 'chromium' | 'node' | 'serve';
  readonly gpu: boolean;
  readonly help: boolean;
}

/** @throws RangeError or TypeError saying what is wrong. */
export function readOptions(args: readonly string[]): CliOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      libraries: { type: 'string' },
      repeats: { type: 'string' },
      anyway: { type: 'boolean', default: false },
      out: { type: 'string' },
      card: { type: 'string' },
      peak: { type: 'string' },
      node: { type: 'boolean', default: false },
      gpu: { type: 'boolean', default: false },
      serve: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.node && (values.gpu || values.serve)) throw new RangeError('--node goes with neither --gpu nor --serve');
  return {
    ...readChoices({ ...values, anyway: values.anyway ? '' : undefined }),
    out: values.out ?? null,
    where: values.node ? 'node' : values.serve ? 'serve' : 'chromium',
    gpu: values.gpu,
    help: values.help,
  };
}
