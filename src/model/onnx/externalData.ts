/**
 * Weights as the external data that ONNX Runtime reads while it creates a session, one tensor after the
 * other.
 */
import { ModelError } from '../modelError';
import { inChunks, inChunksNow, type Weight } from '../weightSource';
import { bytesIn, littleEndianBytes } from './graph';

/** A weight that can be read synchronously, as ONNX Runtime requires. */
type Ready = Parameters<typeof inChunksNow>[0];

export interface LoadedExternalData {
  readonly files: { readonly path: string; readonly data: Uint8Array }[];
  /** @throws ModelError saying why a weight could not be read, which ONNX Runtime does not report. */
  check(): void;
}

/** Weights that can be read synchronously are read on demand and released; the others are read in advance. */
export async function externalData(weights: ReadonlyMap<string, Weight>): Promise<LoadedExternalData> {
  const files: LoadedExternalData['files'] = [];
  let failure: unknown = null;
  for (const [path, weight] of weights) {
    const data = isReady(weight)
      ? new LateBytes(weight, (error) => {
          failure ??= error;
        })
      : littleEndianBytes(await inChunks(weight));
    files.push({ path, data });
  }
  return {
    files,
    check() {
      if (failure instanceof ModelError) throw failure;
    },
  };
}

function isReady(weight: Weight): weight is Ready {
  return weight.readNow !== undefined;
}

/**
 * Of external data, ONNX Runtime uses only `byteLength` and `subarray`, once per tensor, and copies the
 * result into its own memory or a GPU buffer (`LoadWebAssemblyExternalData`). So nothing need be in memory
 * before, and nothing remains.
 */
class LateBytes extends Uint8Array {
  constructor(
    private readonly weight: Ready,
    private readonly onFailure: (error: unknown) => void,
  ) {
    super(0);
    Object.defineProperty(this, 'byteLength', { value: bytesIn(weight) });
  }

  override subarray(begin = 0, end = this.byteLength): Uint8Array<ArrayBuffer> {
    try {
      return littleEndianBytes(inChunksNow(this.weight)).subarray(begin, end);
    } catch (error) {
      this.onFailure(error);
      throw error;
    }
  }
}
