// Next-token fine-tuning on a text file.
import { createLora, exportPeft, generate, loadModel, openDevice, textLoss, trainStep } from 'karma-playground/engine';

const at = (name) => new URL(name, import.meta.url);
const device = await openDevice();
const model = await loadModel(at('model/'));
const lora = await createLora(device, model, { texts: at('text.txt'), length: 32, batchSize: 4, steps: 30, learningRate: 2e-3 });

const heldOut = ['The harbour lights went out one by one.'];
export const before = (await textLoss(lora, heldOut))[0];
export const losses = [];
while (lora.step < 30) losses.push((await trainStep(lora)).total);
console.log(`training loss ${losses[0].toFixed(2)} → ${losses.at(-1).toFixed(2)} nats per token`);

export const after = (await textLoss(lora, heldOut))[0];
console.log(`held-out text ${before.toFixed(2)} → ${after.toFixed(2)}`);
export const written = await generate(lora, 'The harbour', { maxTokens: 12 });
console.log(`The harbour${written}`);
export const files = await exportPeft(lora); // { name, bytes } each: write them to a folder that PEFT loads
lora.destroy();
device.close();
