import { mkdirSync, openAsBlob } from 'node:fs';
import path from 'node:path';
import { existsSync } from 'node:fs';
import { diskSource } from '../../src/cli/diskSource';
import { loadModel } from '../../src/model/loadModel';
import { createTokenizer } from '../../src/model/tokenizer';
import { generateFiles, type IntakeFormat } from './generate';
import { measureIntake } from './work';
export async function main(format: IntakeFormat, events: number): Promise<void> {
  const folder = `/tmp/w/intakebench/${format}-${events}`;
  mkdirSync(folder, { recursive: true });
  let paths = ['events', 'items'].map((n) => path.join(folder, `${n}.${format}`));
  if (!existsSync(paths[1]!)) paths = await generateFiles(folder, format, { events, items: events / 10, users: events / 10 });
  const files = await Promise.all(paths.map(async (p) => new File([await openAsBlob(p)], path.basename(p))));
  const model = await loadModel(diskSource('public/models/wordnet-1m'), 'wordnet-1m', () => undefined, createTokenizer);
  let heap = 0;
  const timer = setInterval(() => {
    heap = Math.max(heap, process.memoryUsage().heapUsed);
  }, 50);
  const m = await measureIntake(files, model, ({ stage, seconds }) => {
    console.log(
      stage.padEnd(30),
      seconds.toFixed(2),
      (process.memoryUsage().heapUsed / 1e6).toFixed(0),
      (process.memoryUsage().rss / 1e6).toFixed(0),
    );
  });
  clearInterval(timer);
  console.log(
    m.events,
    m.items,
    m.users,
    m.bytes / 1e6,
    'MB',
    'heap peak',
    heap / 1e6,
    'maxRSS MB',
    process.resourceUsage().maxRSS / 1024,
  );
}
