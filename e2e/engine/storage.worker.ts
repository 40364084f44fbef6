/** Run by storage.spec.ts in a dedicated worker: the store in this browser's own file system. */
import { keepFile, readFile, StorageBusyError } from '../../src/storage/fileStore';
import { opfsStore } from '../../src/storage/opfsStore';

const FACTS = { key: 'https://hub/model', group: 'org/name', version: '"1"', total: 6 };
const ABC = Uint8Array.of(1, 2, 3);
const DEF = Uint8Array.of(4, 5, 6);

async function check(room: number): Promise<Record<string, unknown>> {
  const store = await opfsStore('test');
  if (store === null) return { error: 'no file system' };
  const report: Record<string, unknown> = { empty: [await store.stat(FACTS.key), await store.list()] };

  const begun = await store.append(FACTS, 'start');
  begun.write(ABC);
  report.busy = await store.append(FACTS, 'end').then(
    () => 'two writers',
    (error: unknown) => error instanceof StorageBusyError,
  );
  await begun.close();
  report.begun = await store.stat(FACTS.key);
  report['whole file of what was begun'] = await readFile(store, FACTS.key);

  const rest = await store.append(FACTS, 'end');
  rest.write(DEF);
  await rest.finish('hash');
  report.whole = await (await opfsStore('test'))?.stat(FACTS.key);
  report.bytes = [...((await readFile(store, FACTS.key)) ?? [])];

  await keepFile(store, { key: 'other', group: 'a', version: null }, ABC);
  report.list = (await store.list()).map(({ key, group, bytes }) => [group, key, bytes]);

  const large = await store.append({ ...FACTS, key: 'large', total: room }, 'start');
  let written = 0;
  try {
    for (const piece = new Uint8Array(room / 8); written < room; written += piece.length) large.write(piece);
  } catch (error) {
    report.full = error instanceof Error ? error.name : String(error);
  }
  await large.close();
  report['kept of what was too large'] = (await store.stat('large'))?.bytes === written && written > 0;

  for (const key of [FACTS.key, 'other', 'large']) await store.delete(key);
  report['after deletion'] = [await store.stat(FACTS.key), await store.list()];
  return report;
}

addEventListener('message', ({ data }: MessageEvent<number>) => {
  check(data).then(
    (report) => {
      postMessage(report);
    },
    (error: unknown) => {
      postMessage({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    },
  );
});
