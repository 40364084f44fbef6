// What does L_rec do? The same batches with and without it.
import { createRecommender, evaluate, loadModel, openDevice, readLog, textLoss, trainStep } from 'karma-playground/engine';

const device = await openDevice();
const model = await loadModel(new URL('model/', import.meta.url));
const log = await readLog(new URL('log.csv', import.meta.url));

export const table = [];
for (const rec of [0, 0.3]) {
  const arm = await createRecommender(device, model, log, { rec, steps: 12, batchSize: 8, seed: 1 });
  while (arm.step < 12) await trainStep(arm);
  const [language] = await textLoss(arm, ['a harp: a stringed instrument']);
  table.push({ rec, 'HR@10': (await evaluate(arm))['hr@10'], 'nats per token': language });
  arm.destroy();
}
console.table(table);
device.close();
