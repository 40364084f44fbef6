/**
 * A log and its split as columns for PyTorch: .npy files, described in `columns.json`. Docs: docs/cluster.md.
 */
import { ITEM_COLUMNS } from '../../log/catalogue';
import type { LogEvents } from '../../log/logEvents';
import { columnsOfLog, columnsOfSplit } from '../../log/logColumns';
import { drawing, picturesOf } from '../../log/pictures';
import type { ReadLog } from '../../log/readLog';
import { summariseLog } from '../../log/summary';
import { TargetGroups } from '../../log/targetGroups';
import type { TextBytes } from '../../log/textColumn';
import { npyFile, npyType } from '../../storage/npyFile';
import { DRAWN_SIDE } from '../evaluate/drawnPicture';
import type { JobFile } from './jobFile';

type Numbers = Parameters<typeof npyFile>[0];

/**
 * @param id the log's ID in recipes
 * @param heldOut categories whose items are not trained on
 */
export async function logFiles(id: string, read: Omit<ReadLog, 'findings'>, heldOut: readonly string[] = []): Promise<JobFile[]> {
  const { log, split } = read;
  const { events, items, users, embeddings, visual, candidates } = columnsOfLog(log);
  const parts = columnsOfSplit(split);
  const columns = new Map<string, { readonly values: Numbers; readonly shape?: readonly number[] }>();
  const text = (name: string, { bytes, ends }: TextBytes): void => {
    columns.set(`${name}_bytes`, { values: bytes });
    columns.set(`${name}_start`, { values: Uint32Array.from([0, ...ends]) });
  };
  const histories = (prefix: '' | 'trained_', of: Omit<LogEvents['columns'], 'queries'>): void => {
    columns.set(`${prefix}user_start`, { values: of.start });
    columns.set(`${prefix}item`, { values: of.item });
    columns.set(`${prefix}time`, { values: of.time });
    columns.set(`${prefix}query`, { values: of.query });
    columns.set(`${prefix}exposed_start`, { values: of.exposedStart });
    columns.set(`${prefix}exposed`, { values: of.exposed });
  };
  histories('', events);
  text('query_text', events.queries);
  text('user_id', users);
  for (const name of ITEM_COLUMNS) text(`item_${name}`, items[name]);
  columns.set('train_user', { values: parts.trainUser });
  columns.set('train_end', { values: parts.trainEnd });
  columns.set('validation_user', { values: parts.validationUser });
  columns.set('validation_position', { values: parts.validationPosition });
  columns.set('test_user', { values: parts.testUser });
  columns.set('test_position', { values: parts.testPosition });
  columns.set('cold', { values: parts.cold });
  const groups = new TargetGroups({ log, split });
  columns.set('validation_groups', { values: groups.of(split.validation) });
  columns.set('test_groups', { values: groups.of(split.test) });
  if (candidates !== undefined) {
    columns.set('candidate_user', { values: candidates.user });
    columns.set('candidate_target', { values: candidates.target });
    columns.set('candidate_start', { values: candidates.start });
    columns.set('candidate_item', { values: candidates.item });
  }
  if (split.training !== undefined) histories('trained_', split.training.events.columns);
  if (embeddings !== undefined)
    columns.set('embeddings', { values: embeddings.values, shape: [log.items.length, embeddings.width] });
  if (visual !== undefined) {
    columns.set('visual', { values: visual.values, shape: [log.items.length, visual.width] });
    columns.set('visual_present', { values: visual.present });
    const pictures = picturesOf(log);
    if (pictures !== null)
      columns.set('visual_drawing', { values: drawing(pictures, DRAWN_SIDE), shape: [pictures.size + 1, 3 * DRAWN_SIDE ** 2] });
  }
  const files: JobFile[] = [];
  const described: Record<string, unknown> = {};
  for (const [name, { values, shape }] of columns) {
    const bytes = npyFile(values, shape);
    const file = `${name}.npy`;
    files.push({ path: `log/${file}`, bytes });
    const rows = shape?.[0] ?? values.length;
    described[name] = { dtype: npyType(values), shards: [{ file, rows, sha256: await sha256(bytes) }] };
  }
  const manifest = {
    format: 'karma-columns',
    version: 1,
    name: log.name,
    hash: log.hash,
    items: log.items.length,
    users: log.users.length,
    summary: { ...summariseLog(id, read), ...(heldOut.length > 0 && { heldOut }) },
    columns: described,
  };
  files.push({ path: 'log/columns.json', bytes: new TextEncoder().encode(`${JSON.stringify(manifest, null, 1)}\n`) });
  return files;
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', bytes);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
