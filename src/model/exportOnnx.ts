/**
 * A model as a folder with which transformers.js (https://huggingface.co/docs/transformers.js) can generate
 * text: `onnx/model.onnx` with a key-value cache, config.json, generation_config.json and the tokenizer's
 * files.
 */
import type { StreamedFile } from '../storage/zipWriter';
import { wholeWeights } from './decoderTensors';
import { folderFiles, readmeFile, type ModelExport } from './exportedFolder';
import { mergedWeights } from './lora';
import { decoderFiles } from './onnx/decoderGraph';

const GRAPH = 'model.onnx';

/**
 * Files share memory with those of the model's weights that are in memory and were not merged.
 * @param most maximum bytes of weights in one file; by default protobuf's limit of 2 GiB
 * @throws ModelError when a file of the model's folder can no longer be read.
 */
export async function exportOnnx(request: ModelExport, most?: number): Promise<StreamedFile[]> {
  const { model, adapter } = request;
  const { config, weights } = model;
  const whole = await wholeWeights(adapter === null ? weights : mergedWeights(config, weights, adapter), config);
  const options = { input: 'ids', outputs: ['logits'], cache: true, positions: config.maxPositions } as const;
  const graph = decoderFiles(config, whole, options, GRAPH, most);
  const dataFiles = graph.size - 1;
  const loading = {
    // The default of its WebAssembly backend would be model_quantized.onnx.
    dtype: 'fp32',
    ...(dataFiles > 0 && { use_external_data_format: { [GRAPH]: dataFiles } }),
  };
  return [
    ...[...graph].map(([name, pieces]) => ({ path: `onnx/${name}`, pieces })),
    ...(await folderFiles(request, { 'transformers.js_config': loading })),
    readmeFile(request, 'as float32 ONNX for transformers.js', 'js', CODE),
  ];
}

const CODE = `import { pipeline } from '@huggingface/transformers';
const generate = await pipeline('text-generation', 'path/or/id/of/this/folder', { dtype: 'fp32' });
console.log(await generate('…', { max_new_tokens: 20, do_sample: false }));`;
