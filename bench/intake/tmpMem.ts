/** The work in Node, with the memory that it takes. */
import { openAsBlob } from 'node:fs';
import path from 'node:path';
import { diskSource } from '../../src/cli/diskSource';
import { loadModel } from '../../src/model/loadModel';
import { createTokenizer } from '../../src/model/tokenizer';
import { EMBEDDED_MODEL } from '../../src/recipe/runSpec';
import type { IntakeReport } from './report';
import { measureIntake } from './work';

/** How often the heap is looked at, in ms; the loop gets a turn between pieces of a file and between stages. */
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
  const { writeFileSync, readFileSync } = await import('node:fs');
  const stat = (): string => ['VmHWM', 'VmRSS'].map((f) => f + ' ' + (Number(new RegExp(f + ':\\s*(\\d+)').exec(readFileSync('/proc/self/status', 'utf8'))![1]) / 1000).toFixed(0)).join(' ');
  console.error('before', stat());
  const measured = await measureIntake(files, model, (stage) => { look(); const m = process.memoryUsage(); console.error(stage?.stage, stage?.seconds.toFixed(2), stat(), (m.heapUsed/1e6).toFixed(0), (m.heapTotal/1e6).toFixed(0), (m.arrayBuffers/1e6).toFixed(0)); writeFileSync('/proc/self/clear_refs', '5'); });
  clearInterval(timer);
  // In kilobytes.
  return { ...measured, before, peakHeap, peakResident: 1024 * process.resourceUsage().maxRSS };
}
