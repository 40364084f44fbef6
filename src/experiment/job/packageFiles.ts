/**
 * The trainer's files from python/ that are part of a job: the package, the files it reads, and the scripts
 * that start it.
 */
import type { JobFile } from './jobFile';

const PYTHON: Record<string, string> = import.meta.glob('/python/karma/*.py', { query: '?raw', import: 'default', eager: true });
const FAMILIES: Record<string, string> = import.meta.glob('/src/model/families/*.json', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const STARTED: Record<string, string> = import.meta.glob(['/python/job/*', '/python/requirements.lock'], {
  query: '?raw',
  import: 'default',
  eager: true,
});

export function packageFiles(): JobFile[] {
  const encoder = new TextEncoder();
  const below = (folder: string, files: Record<string, string>): JobFile[] =>
    Object.entries(files).map(([path, text]) => ({ path: folder + path.split('/').at(-1)!, bytes: encoder.encode(text) }));
  return [...below('karma/', PYTHON), ...below('karma/families/', FAMILIES), ...below('', STARTED)];
}
