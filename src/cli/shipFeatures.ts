/** Computes the item features that ship with the sample store and the embedded model. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { itemText } from '../log/itemText';
import { SAMPLE_LOG } from '../log/sampleLog';
import { computeHidden } from '../experiment/prepare/catalogueFeatures';
import { openNodeGpu } from '../gpu/node';
import { textHash, writeBook } from '../model/featureStore';
import { configureOrt } from '../model/ortSession';
import type { StageProgress } from '../record/runEvents';
import { runSpecSchema } from '../recipe/runSpec';
import { openModel, openSampleLog } from './diskSource';

/** @param root the repository's folder */
export async function shipFeatures(root: string): Promise<void> {
  const { model: named, data } = runSpecSchema.parse({});
  const gpu = await openNodeGpu();
  configureOrt();
  const { model } = await openModel(path.join(root, 'public/models', named.id), named.id);
  const { log } = await openSampleLog(path.join(root, 'public'));
  const texts = log.items.map((item) => itemText(item, data.itemTemplate));
  const width = model.config.hidden;
  const hidden = new Float32Array(texts.length * width);
  const onProgress = ({ note, done, total }: StageProgress): void => {
    if (done === total) console.info(note, `${done}/${total}`);
  };
  await computeHidden(gpu, model, texts, { onProgress }, (first, rows) => {
    hidden.set(rows, first * width);
  });
  const book = { model: model.hash, width, hashes: texts.map(textHash), hidden };
  await writeFile(path.join(root, 'public', SAMPLE_LOG.folder, SAMPLE_LOG.features), writeBook(book));
}
