import { describe, expect, it } from 'vitest';
import type { SourceMapping } from '../../recipe/logRecipe';
import type { ReadProgress } from '../../log/intake/readSources';
import { ReadingService } from './reading';
import { SourceService } from './sources';

const ROWS = 15_000;
/** Some megabytes, since progress is reported once per megabyte. */
const LOG = new File(
  [
    'user_id,item_id,timestamp,comment\n',
    ...Array.from({ length: ROWS }, (_, at) => `u${at % 500},i${(at * 7) % 300},${1_600_000_000 + at},${'good '.repeat(30)}\n`),
  ],
  'long.csv',
);

/** What a connection would provide: a cancellable question, and its partial answers. */
function asking() {
  const controller = new AbortController();
  const told: ReadProgress[] = [];
  let heard = (): void => undefined;
  const first = new Promise<void>((resolve) => {
    heard = resolve;
  });
  const tell = (progress: ReadProgress): void => {
    told.push(progress);
    heard();
  };
  return { controller, told, first, asking: { signal: controller.signal, tell } };
}

async function begin(): Promise<{ service: ReadingService; mappings: readonly SourceMapping[] }> {
  const sources = new SourceService();
  const { sources: seen } = await sources.inspect({ files: [LOG], remembered: {} });
  return { service: new ReadingService(sources), mappings: seen.map(({ mapping }) => mapping) };
}

describe('a reading', () => {
  it('that was cancelled does not answer a question asked before it noticed', async () => {
    const { service, mappings } = await begin();
    const [stopped, again] = [asking(), asking()];
    const first = service.read(mappings, stopped.asking);
    await stopped.first;
    stopped.controller.abort();
    const second = service.read(mappings, again.asking);
    await expect(first).rejects.toMatchObject({ name: 'AbortError' });
    expect((await second).facts.events).toBe(ROWS);
    expect(again.told.length).toBeGreaterThan(0);
  });

  it('serves every question with its mappings, and is not ended by an earlier cancelled one', async () => {
    const { service, mappings } = await begin();
    const other = mappings.map((mapping) => ({ ...mapping, timeUnit: 'order' as const }));
    const [stopped, later] = [asking(), asking()];
    const first = service.read(other, stopped.asking);
    const second = service.read(mappings, later.asking);
    stopped.controller.abort();
    await expect(first).rejects.toMatchObject({ name: 'AbortError' });
    const { suggested } = await second;
    const { split } = await service.survey(suggested, { signal: new AbortController().signal, tell: () => undefined });
    expect(split.train.users).toBe(500);
  });
});
