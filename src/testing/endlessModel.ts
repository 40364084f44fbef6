/**
 * Models that would take more memory than a test should, generated as they are read, and a count of
 * JavaScript's memory meanwhile.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Checkpoint } from '../model/checkpoint';
import type { DecoderConfig } from '../model/decoderConfig';
import { decoderTensors, storedWeights } from '../model/decoderTensors';
import { elementBytes, elementCount } from '../model/safetensors';
import { MissingFileError, type ModelFile } from '../model/source/modelSource';
import type { WeightSource } from '../model/weightSource';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes of all reachable ArrayBuffers. */
export function heldBytes(): number {
  collect();
  return process.memoryUsage().arrayBuffers;
}

/** Weights of a checkpoint of that shape, all about 0.5. `onRead` is called with every piece in memory. */
export async function endlessWeights(config: DecoderConfig, dtype: 'F32' | 'BF16', onRead: () => void): Promise<WeightSource> {
  const file = endlessFile(config, dtype, onRead);
  const checkpoint = await Checkpoint.open((name) =>
    name === file.name ? Promise.resolve(file) : Promise.reject(new MissingFileError(name, '')),
  );
  return storedWeights(checkpoint, config);
}

/** A virtual safetensors file of that shape, whose bytes are generated when requested. */
function endlessFile(config: DecoderConfig, dtype: 'F32' | 'BF16', onRead: () => void): ModelFile {
  let end = 0;
  const entries = decoderTensors(config).map(([name, shape]) => {
    const begin = end;
    end += elementBytes(dtype) * elementCount(shape);
    return [name, { dtype, shape, data_offsets: [begin, end] }] as const;
  });
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const header = new Uint8Array(8 + json.length);
  new DataView(header.buffer).setBigUint64(0, BigInt(json.length), true);
  header.set(json, 8);
  const read = (from: number, to: number): Uint8Array<ArrayBuffer> => {
    const bytes = new Uint8Array(to - from);
    if (from < header.length) bytes.set(header.subarray(from, to));
    // About 0.5 in either format: the upper bytes are 0x3f.
    else for (let i = 1; i < bytes.length; i += 2) bytes[i] = 0x3f;
    onRead();
    return bytes;
  };
  return {
    name: 'model.safetensors',
    bytes: header.length + end,
    hash: () => Promise.resolve(''),
    read: (from, to) => Promise.resolve(read(from, to)),
    readNow: read,
  };
}
