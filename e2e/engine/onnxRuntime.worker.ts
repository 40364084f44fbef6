/**
 * Run by onnxRuntime.spec.ts in a dedicated worker: ONNX Runtime on our own GPUDevice against WebAssembly.
 * Both parts share a device, a model and a runtime.
 */
import * as ort from 'onnxruntime-web/webgpu';
import { openGpu, type Gpu } from '../../src/gpu/device';
import { startWatching } from '../../src/gpu/bufferWatch';
import { compareLogits, referenceLogits } from '../../src/model/certificate';
import { wholeWeights } from '../../src/model/decoderTensors';
import { generate } from '../../src/model/generate';
import type { LoadedModel } from '../../src/model/loadedModel';
import { loadModel } from '../../src/model/loadModel';
import { ORT_WASM_URL } from '../../src/model/ortAssets';
import { decoderFiles } from '../../src/model/onnx/decoderGraph';
import type { OrtProvider } from '../../src/model/ortProvider';
import { configureOrt, openDecoder, takeFloats, type DecoderOptions } from '../../src/model/ortSession';
import { httpSource } from '../../src/model/source/httpSource';
import { createTokenizer } from '../../src/model/tokenizer';
import { memoryStore } from '../../src/storage/memoryStore';
import { checkTexts } from './texts';

const PROMPT = 'red wine: a wine having a red color derived from skins of dark-colored grapes';

/** The model as one ONNX file, including its weights. */
async function wholeGraph(model: LoadedModel, options: DecoderOptions): Promise<Uint8Array> {
  const files = decoderFiles(model.config, await wholeWeights(model.weights, model.config), options, 'graph');
  return new Uint8Array(await new Blob([...files.get('graph')!] as BlobPart[]).arrayBuffer());
}

async function logitsOf(
  graph: Uint8Array,
  ids: readonly number[],
  provider: ort.InferenceSession.ExecutionProviderConfig,
): Promise<Float32Array> {
  const int64 = (values: readonly number[]) => new ort.Tensor('int64', BigInt64Array.from(values, BigInt), [1, ids.length]);
  const session = await ort.InferenceSession.create(graph, { executionProviders: [provider], logSeverityLevel: 3 });
  const feeds = { input_ids: int64(ids), attention_mask: int64(ids.map(() => 1)), position_ids: int64([...ids.keys()]) };
  const logits = await takeFloats((await session.run(feeds)).logits);
  await session.release();
  return logits;
}

function same(a: Float32Array, b: Float32Array): boolean {
  return a.length === b.length && a.every((value, i) => Object.is(value, b[i]));
}

async function checkGraphs({ device }: Gpu, model: LoadedModel): Promise<Record<string, unknown>> {
  const report: Record<string, unknown> = {};
  const { watch: buffers, stop } = startWatching(device);
  const errors: string[] = [];
  device.addEventListener('uncapturederror', (event) => errors.push(event.error.message));
  const wasm: OrtProvider = { name: 'wasm' };
  const webgpu: OrtProvider = { name: 'webgpu', device };
  const ids = [model.config.bosId, ...model.tokenizer.encode(PROMPT)];

  const forLogits = { input: 'ids', outputs: ['logits'], cache: false } as const;
  const onWasm = await openDecoder(model, forLogits, wasm);
  const onGpu = await openDecoder(model, forLogits, webgpu);
  const theirs = await referenceLogits(onWasm, ids);
  const ours = await referenceLogits(onGpu, ids);
  report['webgpu against wasm'] = compareLogits(ours, theirs, 'wasm', ids.length);
  report['weights are read late'] = model.weights.outer('embedding')?.readNow !== undefined;
  const graph = await wholeGraph(model, forLogits);
  report['same logits with weights inside of the graph'] = [
    same(theirs, await logitsOf(graph, ids, 'wasm')),
    same(ours, await logitsOf(graph, ids, { name: 'webgpu', device })),
  ];

  // We must be able to read a gpu-buffer output with our own commands, even after other sessions are
  // released.
  const forStates = { input: 'ids', outputs: ['hidden_states'], cache: false } as const;
  const states = await openDecoder(model, { ...forStates, outputsOn: 'gpu-buffer' }, webgpu);
  const { hiddenStates } = await states.run({ batch: 1, length: ids.length, tokens: { ids } });
  if (hiddenStates === undefined) throw new Error('no hidden states');
  const bytes = ids.length * model.config.hidden * 4;
  const readback = device.createBuffer({ size: bytes, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ });
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(hiddenStates.gpuBuffer, 0, readback, 0, bytes);
  device.queue.submit([encoder.finish()]);
  await readback.mapAsync(GPUMapMode.READ);
  const ownCopy = new Float32Array(readback.getMappedRange().slice(0));
  readback.destroy();
  hiddenStates.dispose();
  await states.release();
  const statesWasm = await openDecoder(model, forStates, wasm);
  const expected = await statesWasm.run({ batch: 1, length: ids.length, tokens: { ids } });
  report['own copy of a gpu-buffer against wasm'] = compareLogits(
    ownCopy,
    expected.hiddenStates?.data as Float32Array,
    'wasm',
    ids.length,
  );

  const forText = { ...forLogits, cache: true };
  const prompt = { ids: ids.slice(0, 6) };
  const texted: string[] = [];
  for (const provider of [wasm, webgpu]) {
    const decoder = await openDecoder(model, forText, provider);
    texted.push(model.tokenizer.decode(await generate(decoder, prompt, { maxTokens: 4 })));
    await decoder.release();
  }
  report.generated = texted;
  for (const decoder of [onWasm, onGpu, statesWasm]) await decoder.release();
  report['GPU buffers after release'] = buffers.open;
  const lost = await Promise.race([device.lost.then(() => true), Promise.resolve(false)]);
  report['device survives'] = !lost;
  report['GPU errors'] = errors;
  stop();
  return report;
}

async function check(): Promise<Record<string, unknown>> {
  configureOrt({ wasmUrl: ORT_WASM_URL });
  const source = httpSource('/models/wordnet-1m', memoryStore());
  const model = await loadModel(source, 'wordnet-1m', () => undefined, createTokenizer);
  const gpu = await openGpu(navigator.gpu, 'browser');
  return { graphs: await checkGraphs(gpu, model), texts: await checkTexts(gpu, model) };
}

check().then(
  (report) => {
    self.postMessage(report);
  },
  (error: unknown) => {
    self.postMessage({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  },
);
