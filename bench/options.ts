/** Arguments of `npm run bench`. */
import { parseArgs } from 'node:util';

export const USAGE = `npm run bench -- [options]
  --only a,d-step-karma   only cases whose names begin so
  --repeats 5             rounds that are timed
  --out bench.json        write everything measured
  --peak 67               the card's f32 TFLOP/s: adds the share of it
  --node                  in Node over Dawn instead of Chromium (KARMA_ADAPTER=swiftshader chooses the software driver)
  --gpu                   Chromium takes the machine's GPU instead of its software adapter
  --serve                 print the page's address and wait, to open it in a browser of your own`;

export interface CliOptions {
  readonly only: readonly string[];
  readonly repeats: number;
  readonly out: string | null;
  readonly peak: number | null;
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
      repeats: { type: 'string', default: '5' },
      out: { type: 'string' },
      peak: { type: 'string' },
      node: { type: 'boolean', default: false },
      gpu: { type: 'boolean', default: false },
      serve: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const repeats = Number(values.repeats);
  if (!Number.isInteger(repeats) || repeats < 1) throw new RangeError(`--repeats ${values.repeats} is no number of rounds`);
  const peak = values.peak === undefined ? null : Number(values.peak);
  if (peak !== null && !(peak > 0)) throw new RangeError(`--peak ${values.peak!} is no number of TFLOP/s`);
  if (values.node && (values.gpu || values.serve)) throw new RangeError('--node goes with neither --gpu nor --serve');
  return {
    only: values.only?.split(',') ?? [],
    repeats,
    out: values.out ?? null,
    peak,
    where: values.node ? 'node' : values.serve ? 'serve' : 'chromium',
    gpu: values.gpu,
    help: values.help,
  };
}
