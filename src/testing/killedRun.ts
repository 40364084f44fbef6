/**
 * A small run in a separate process, which a test kills: it takes a checkpoint after each step and continues
 * from the one that it finds.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { diskSlots } from '../cli/diskSlots';
import { diskFeatures } from '../cli/diskSource';
import { checkpointFacts, readCheckpoint } from '../experiment/train/checkpoint';
import { TwoSlots } from '../storage/twoSlots';
import { Interruptions } from './interruptions';

/** Files that the process writes: the result of its run, and its checkpoint. */
export const ENDED = 'measured.json';
const CHECKPOINT = 'checkpoint';
const SHIPPED = 'public/datasets/wordnet-store/features-wordnet-1m.safetensors';

/**
 * Prints `from N` and `step N`.
 * @param folder for checkpoint and result
 * @param cache folder for features, shared with other runs
 */
export async function runToBeKilled(folder: string, cache: string): Promise<void> {
  const say = (words: string): void => void process.stdout.write(`${words}\n`);
  const interruptions = await Interruptions.open(diskFeatures(SHIPPED, cache));
  const slots = new TwoSlots(diskSlots(path.join(folder, CHECKPOINT)));
  const bytes = await slots.read();
  say(`from ${bytes === null ? 0 : checkpointFacts(bytes).step}`);
  const measured = await interruptions.keeping(slots, bytes === null ? null : readCheckpoint(bytes), (step) => {
    say(`step ${step}`);
  });
  writeFileSync(path.join(folder, ENDED), JSON.stringify(measured));
}
