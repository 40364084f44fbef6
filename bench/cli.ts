/** `npm run bench`: measures in Chromium or Node, prints the table, and writes JSON. */
import { writeFile } from 'node:fs/promises';
import { measureInChromium, servePage } from './chromium';
import { NotIdleError } from './idle';
import { measureInNode } from './node';
import { readOptions, USAGE } from './options';
import { hasFailed, heading, markdownTable, tableRows, wasDisturbed, type BenchReport } from './report';

/**
 * @param root the repository's folder
 * @returns the exit code: 1 when a library failed, 2 for bad arguments, 3 if the machine was not idle
 */
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
  if (options.where === 'serve') return servePage(root, options);
  const onProgress = (message: string): void => {
    console.error(message);
  };
  let report: BenchReport;
  try {
    report = await (options.where === 'node' ? measureInNode : measureInChromium)(root, options, onProgress);
  } catch (error) {
    if (!(error instanceof NotIdleError)) throw error;
    console.error(`${error.message} Close them, or measure all the same with --anyway.`);
    return 3;
  }
  console.info(heading(report));
  console.info(markdownTable(tableRows(report)));
  if (options.out !== null) await writeFile(options.out, `${JSON.stringify(report, null, 2)}\n`);
  if (hasFailed(report)) return 1;
  return wasDisturbed(report) && !options.anyway ? 3 : 0;
}
