import { readPictures, withPictures } from './pictures';
import { readLog, type ReadLog } from './readLog';
import { SAMPLE_LOG } from './sampleLog';

/**
 * Reads the sample log. `load` fetches one file by its path relative to the page (or to `public/` from Node)
 * and fails by throwing; its errors are passed on.
 */
export async function readSampleLog(load: (path: string) => Promise<ArrayBuffer>): Promise<ReadLog> {
  const files = SAMPLE_LOG.files.map(async (name) => new File([await load(`${SAMPLE_LOG.folder}/${name}`)], name));
  const [pictures, ...tables] = await Promise.all([load(`${SAMPLE_LOG.folder}/${SAMPLE_LOG.pictures}`), ...files]);
  const read = await readLog(tables, { name: SAMPLE_LOG.name });
  return { ...read, log: withPictures(read.log, readPictures(new TextDecoder().decode(pictures))) };
}
