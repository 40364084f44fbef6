/** The work in Node, with its memory. */
import { openAsBlob } from 'node:fs';
import path from 'node:path';
import { diskSource } from '../../src/cli/diskSource';
import { loadModel } from '../../src/model/loadModel';
import { createTokenizer } from '../../src/model/tokenizer';
import { EMBEDDED_MODEL } from '../../src/recipe/runSpec';
import type { IntakeReport } from './report';
import { measureIntake } from './work';

/**
 * Interval of heap samples, in ms; the event loop gets a turn between pieces of a file and between stages.
 */
const EVERY = 25;

export async function measure(paths: readonly string[]): Promise<Omit<IntakeReport, 'name'>> {
  const files = await Promise.all(paths.map(async (file) => new File([await openAsBlob(file)], path.basename(file))));
  const model = await loadModel(diskSource(`public/models/${EMBEDDED_MODEL}`), EMBEDDED_MODEL, () => undefined, createTokenizer);
  const before = process.memoryUsage().rss;
  let peakHeap = 0;
  const look = (): void => {
    peakHeap = Math.max(peakHeap, process.memoryUsage().heapUsed);
  };
  const timer = setInterval(look, EVERY);
  const measured = await measureIntake(files, model, look);
  clearInterval(timer);
  // In kilobytes.
  return { ...measured, before, peakHeap, peakResident: 1024 * process.resourceUsage().maxRSS };
}
