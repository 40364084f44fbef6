/** Recorded runs of the site. */
import { recordedFiles, type RecordedId } from '../recipe/recordedFiles';
import { isMissing } from '../storage/missingFile';
import { collected } from './collected';
import { readRecord, type ReadRecord } from './readRecord';
import { unpackedText } from './unpackedText';

/** Fetches a recorded run. @returns null if the site has none */
export async function fetchRecordedRun(
  id: RecordedId,
  signal: AbortSignal,
  onProgress: (done: number, total: number) => void,
): Promise<ReadRecord | null> {
  const response = await fetch(import.meta.env.BASE_URL + recordedFiles(id).run, { signal });
  if (isMissing(response) || response.body === null) return null;
  // Compressed responses state the compressed length, so no total is better than a wrong one.
  const total = response.headers.has('content-encoding') ? 0 : Number(response.headers.get('content-length') ?? 0);
  const onBytes = (done: number): void => {
    onProgress(done, total);
  };
  return readRecord(await unpackedText(await collected(response.body, { onBytes })));
}
