/**
 * A model, with an adapter merged into it or not, as the folder that Hugging Face's transformers loads:
 * `model.safetensors` in float32.
 */
import type { StreamedFile } from '../storage/zipWriter';
import { piecedTensors } from './decoderTensors';
import { folderFiles, readmeFile, type ModelExport } from './exportedFolder';
import { mergedWeights } from './lora';
import { modelName } from './modelOrigin';
import { safetensorsPieces } from './safetensors';

/**
 * Weights are read, merged and passed on a piece at a time while the file is written: no more than one tensor
 * is in memory.
 * @throws ModelError when a file of the model's folder can no longer be read; the weights' pieces throw it
 * while they are read.
 */
export async function exportMerged(request: ModelExport): Promise<StreamedFile[]> {
  const { model, adapter, title } = request;
  const { config, weights, id, hash } = model;
  const merged = adapter === null ? weights : mergedWeights(config, weights, adapter);
  const notes = { format: 'pt', base_model: modelName(id), base_hash: hash, title };
  return [
    // Two names of one setting, of later and earlier versions; the original's may be a narrower one.
    ...(await folderFiles(request, { dtype: 'float32', torch_dtype: 'float32' })),
    readmeFile(request, 'as float32 safetensors for transformers', 'python', CODE),
    { path: 'model.safetensors', pieces: safetensorsPieces(piecedTensors(config, merged), notes) },
  ];
}

const CODE = `from transformers import AutoModelForCausalLM, AutoTokenizer
model = AutoModelForCausalLM.from_pretrained("path/of/this/folder")
tokenizer = AutoTokenizer.from_pretrained("path/of/this/folder")`;
