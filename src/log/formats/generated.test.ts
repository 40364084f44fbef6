/**
 * Logs that `python/oracle/make_published.py` generates from published descriptions and counts; all counts
 * are reproduced.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readLog } from '../readLog';
import { runPython } from '../../testing/python';
import { fileOf } from '../../testing/smallLogs';

interface Counts {
  readonly files: readonly string[];
  readonly events: number;
  readonly users: number;
  readonly items: number;
  readonly test: number;
  readonly shown: number;
  readonly sets: number;
  readonly candidates: number;
}

let folder: string;
let counted: Readonly<Record<string, Counts>>;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'karma-published-'));
  const { stdout, stderr } = await runPython('oracle.make_published', [folder]);
  expect(stderr).toBe('');
  counted = JSON.parse(stdout.toString()) as typeof counted;
}, 30_000);
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('files by published descriptions', () => {
  it.each(['mind', 'minionerec', 'lcrec', 'p5', 'llmrank', 'ncf', 'hm', 'steam', 'fixed', 'hub'])('%s', async (layout) => {
    const { files, test, ...expected } = counted[layout]!;
    const dropped = files.map((name) =>
      fileOf(layout === 'hub' ? `hub/${name}` : name, new Uint8Array(readFileSync(path.join(folder, layout, name)))),
    );
    const { log, split, findings } = await readLog(dropped, { filters: { userCore: 1 } });
    const { candidates } = log;
    expect({
      events: log.events.length,
      users: log.users.length,
      items: log.items.length,
      shown: log.events.columns.exposed.length,
      sets: candidates?.user.length ?? 0,
      candidates: candidates?.item.length ?? 0,
    }).toEqual(expected);
    // With days but no times of day, a whole basket may be the target, or a user may have only one day.
    if (layout !== 'hm' && layout !== 'steam') expect(split.test).toHaveLength(test);
    expect(findings.filter(({ message }) => message.includes('card says'))).toEqual([]);
  });
});
