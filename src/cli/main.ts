/** `npm run experiment`: the page's experiment without a page, on Dawn in Node, else in headless Chromium. */
import { explained } from './explained';
import { readOptions } from './options';
import { usage } from './usage';

/**
 * @param root the repository's folder, or the package's.
 * @param command how the program was called
 * @returns the process's exit code.
 */
export async function main(args: readonly string[], root: string, command = 'npm run experiment --'): Promise<number> {
  try {
    const options = readOptions(args);
    if (options === null) console.info(usage(command));
    else {
      // Loaded only now: help and complaints about options come at once.
      const { run } = await import('./commands');
      await run(options, root);
    }
    return 0;
  } catch (error) {
    const { words, code } = explained(error);
    console.error(words);
    return code;
  }
}
