/** Computes the item features that ship with the sample store and the embedded model. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { itemText } from '../data/itemText';
import { readSampleLog, SAMPLE_LOG } from '../data/sample';
import { computeHidden } from '../experiment/catalogueFeatures';
import { openNodeGpu } from '../gpu/node';
import { featureKey, writeFeatures } from '../model/featureStore';
import { loadModel } from '../model/loadModel';
import { configureOrt } from '../model/ortSession';
import { createTokenizer } from '../model/tokenizer';
import { runSpecSchema } from '../spec/runSpec';
import { diskSource, readBytes } from './diskSource';

/** @param root the repository's folder */
export async function shipFeatures(root: string): Promise<void> {
  const folder = path.join(root, 'public', SAMPLE_LOG.folder);
  const { model: named, data } = runSpecSchema.parse({});
  const gpu = await openNodeGpu();
  configureOrt();
  const model = await loadModel(
    diskSource(path.join(root, 'public/models', named.id)),
    named.id,
    () => undefined,
    createTokenizer,
  );
  const { log } = await readSampleLog(async (file) => (await readBytes(path.join(root, 'public', file))).buffer);
  const texts = log.items.map((item) => itemText(item, data.itemTemplate));
  const hidden = await computeHidden(gpu, model, texts, ({ note, done, total }) => {
    if (done === total) console.info(note, `${done}/${total}`);
  });
  const key = featureKey(model.hash, data.itemTemplate, texts);
  await writeFile(
    path.join(folder, `features-${named.id}.safetensors`),
    writeFeatures(hidden, texts.length, model.config.hidden, key),
  );
}
