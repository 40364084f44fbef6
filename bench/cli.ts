/** `npm run bench`: measures in Chromium or Node, prints the table, and writes JSON. */
import { writeFile } from 'node:fs/promises';
import { measureInChromium, servePage } from './chromium';
import { measureInNode } from './node';
import { readOptions, USAGE } from './options';
import { hasFailed, heading, markdownTable, tableRows } from './report';

/** @param root the repository's folder @returns the exit code: 1 when a library failed, 2 for bad arguments */
export async function main(args: readonly string[], root: string): Promise<number> {
  let options: ReturnType<typeof readOptions>;
  try {
    options = readOptions(args);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return 2;
  }
  if (options.help) {
    console.info(USAGE);
    return 0;
  }
  if (options.where === 'serve') return servePage(root);
  const onProgress = (message: string): void => {
    console.error(message);
  };
  const report = await (options.where === 'node' ? measureInNode : measureInChromium)(root, options, onProgress);
  console.info(heading(report));
  console.info(markdownTable(tableRows(report, options.peak)));
  if (options.out !== null) await writeFile(options.out, `${JSON.stringify(report, null, 2)}\n`);
  return hasFailed(report) ? 1 : 0;
}
