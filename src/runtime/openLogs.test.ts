import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { SAMPLE_LOG } from '../log/sample';
import { OpenLogs } from './openLogs';

it('reads the sample once, and tells of it when it is opened, not when a forecast looks at it', async () => {
  const fetched: string[] = [];
  const told: string[] = [];
  const logs = new OpenLogs(
    async (path) => {
      fetched.push(path);
      return Uint8Array.from(await readFile(`public/${path}`)).buffer;
    },
    ({ summary }) => told.push(summary.id),
    () => undefined,
  );
  const [one, other] = await Promise.all([logs.peek(SAMPLE_LOG.id), logs.peek(SAMPLE_LOG.id)]);
  expect(other).toBe(one);
  expect(told).toEqual([]);
  expect(await logs.open(SAMPLE_LOG.id)).toBe(one);
  expect(await logs.open(SAMPLE_LOG.id)).toBe(one);
  expect(told).toEqual([SAMPLE_LOG.id]);
  expect(fetched).toHaveLength(SAMPLE_LOG.files.length);
  expect(await logs.peek('another')).toBeNull();
  await expect(logs.open('another')).rejects.toThrow('is not open in this tab');
});

it('reads the sample again when it could not be fetched', async () => {
  let broken = true;
  const logs = new OpenLogs(
    async (path) => {
      if (broken) throw new Error('offline');
      return Uint8Array.from(await readFile(`public/${path}`)).buffer;
    },
    () => undefined,
    () => undefined,
  );
  await expect(logs.peek(SAMPLE_LOG.id)).rejects.toThrow('offline');
  broken = false;
  expect((await logs.open(SAMPLE_LOG.id)).log.name).toBe(SAMPLE_LOG.name);
});
