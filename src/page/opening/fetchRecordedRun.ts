/** Recorded runs of the site. */
import type { PresetId } from '../../recipe/presets';
import { recordedFiles } from '../../recipe/recordedFiles';
import { isMissing } from '../../runtime/missingFile';
import { readRecord, type ReadRecord } from './readRecord';
import { unpackedText } from './unpackedText';

/** Brings the recorded run of a preset here. @returns null if the site has none */
export async function fetchRecordedRun(
  preset: PresetId,
  signal: AbortSignal,
  onProgress: (done: number, total: number) => void,
): Promise<ReadRecord | null> {
  const response = await fetch(import.meta.env.BASE_URL + recordedFiles(preset).run, { signal });
  if (isMissing(response) || response.body === null) return null;
  return readRecord(await unpackedText(await bytesOf(response, response.body, onProgress)));
}

async function bytesOf(
  response: Response,
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  onProgress: (done: number, total: number) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  // Compressed responses name the compressed length: better no total than a wrong one.
  const total = response.headers.has('content-encoding') ? 0 : Number(response.headers.get('content-length') ?? 0);
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let done = 0;
  const reader = body.getReader();
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    done += chunk.value.byteLength;
    chunks.push(chunk.value);
    onProgress(done, total);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}
