/** `npm run bench:checkpoints`: what checkpoints cost a run, in Node and in headless Chromium. */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { measureInChromium } from './chromium';
import { measureInNode } from './node';
import { checkpointTable, share, type CheckpointReport } from './report';

const USAGE = `npm run bench:checkpoints -- [options]
  --where node,chromium     where
  --out checkpoints.json    write everything measured
The exit code is 1 if checkpoints take more than 2 % of a run in any case.`;

const PLACES = { node: measureInNode, chromium: measureInChromium } as const;
/** A share of a run. */
const MOST = 0.02;

/** @param root the repository's folder @returns the exit code: 2 for bad arguments */
export async function main(args: readonly string[], root: string): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      where: { type: 'string', default: 'node,chromium' },
      out: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const places = (Object.keys(PLACES) as (keyof typeof PLACES)[]).filter((place) => values.where.split(',').includes(place));
  if (values.help || places.length === 0) {
    console.info(USAGE);
    return values.help ? 0 : 2;
  }
  const reports: CheckpointReport[] = [];
  for (const place of places) {
    reports.push(
      await PLACES[place](root, (name) => {
        console.error(`${place}: ${name}`);
      }),
    );
  }
  console.info(checkpointTable(reports));
  if (values.out !== undefined) await writeFile(values.out, `${JSON.stringify(reports, null, 2)}\n`);
  return reports.flatMap(({ cases }) => cases).some((one) => share(one) > MOST) ? 1 : 0;
}
