/** The recorded experiment that the page opens with, where the site ships one. */
import { readRecord } from './readRecord';
import { showRecord, useExperiment } from '../state/experiment';
import { setOpening } from './openingState';

const ADDRESS = `${import.meta.env.BASE_URL}recorded/action-karma.json`;

export async function loadRecordedRun(signal: AbortSignal): Promise<void> {
  setOpening({ recorded: { state: 'loading', done: 0, total: 0 } });
  try {
    const response = await fetch(ADDRESS, { signal });
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    if (!response.ok || !isJson) {
      setOpening({ recorded: { state: 'absent' } });
      return;
    }
    const read = readRecord(await readWithProgress(response));
    if (read.kind === 'unreadable') {
      setOpening({ recorded: { state: 'unreadable', reason: read.reason } });
      return;
    }
    setOpening({ recorded: { state: 'loaded' } });
    // A run that started, or a file that was opened meanwhile, comes first.
    if (useExperiment.getState().record) return;
    showRecord(read.record, 'recorded');
  } catch (error) {
    if (signal.aborted) return;
    setOpening({ recorded: { state: 'unreadable', reason: error instanceof Error ? error.message : String(error) } });
  }
}

async function readWithProgress(response: Response): Promise<string> {
  // Compressed responses name the compressed length: better no total than a wrong one.
  const total = response.headers.has('content-encoding') ? 0 : Number(response.headers.get('content-length') ?? 0);
  if (!response.body) return response.text();
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  let text = '';
  let done = 0;
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    done += chunk.value.byteLength;
    text += decoder.decode(chunk.value, { stream: true });
    setOpening({ recorded: { state: 'loading', done, total } });
  }
  return text + decoder.decode();
}
