// A two-tower recommender with L_act, L_gen, L_rec and a loss of one's own: shorter interest embeddings.
import { createRecommender, evaluate, loadModel, openDevice, readLog, recommend, trainStep } from 'karma-playground/engine';

const device = await openDevice();
const model = await loadModel(new URL('model/', import.meta.url));
const log = await readLog(new URL('log.csv', import.meta.url));

const main = (body) => `@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.rows) { return; }
  let first = id.x * params.stride;
  ${body} }`;
const shorter = {
  loss: main('y[id.x] = 0.0; for (var c = first; c < first + params.columns; c++) { y[id.x] += 0.5 * x[c] * x[c]; }'),
  gradient: main('for (var c = first; c < first + params.columns; c++) { y[c] = params.scale * x[c]; }'),
};
const own = { loss: shorter, weight: 0.01 };
const recommender = await createRecommender(device, model, log, { gen: 0.3, rec: 0.3, own, steps: 12, batchSize: 8 });
export const losses = [];
while (recommender.step < 12) losses.push(await trainStep(recommender));
export const measures = await evaluate(recommender);
export const best = await recommend(recommender, ['i3', 'i6'], 3);
console.log(`HR@10 ${measures['hr@10'].toFixed(2)}; after i3 and i6: ${best.map(({ title }) => title).join(', ')}`);
recommender.destroy();
device.close();
