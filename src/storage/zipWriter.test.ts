import fc from 'fast-check';
import { unzipSync } from 'fflate';
import { expect, it } from 'vitest';
import { listEntries } from '../log/source/zip';
import { zipFiles } from './zipWriter';

const files = fc.uniqueArray(
  fc.record({
    path: fc.stringMatching(/^[a-zé]{1,6}(\/[a-z0-9_]{1,8}){0,2}\.json$/),
    pieces: fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 4 }),
  }),
  { selector: ({ path }) => path, minLength: 1, maxLength: 5 },
);

it('is read back by fflate, checksums compared, and by our own reader', async () => {
  await fc.assert(
    fc.asyncProperty(files, async (given) => {
      const blob = zipFiles(given);
      const read = unzipSync(new Uint8Array(await blob.arrayBuffer()));
      const expected = Object.fromEntries(given.map(({ path, pieces }) => [path, pieces.flatMap((piece) => [...piece])]));
      expect(Object.fromEntries(Object.entries(read).map(([path, bytes]) => [path, [...bytes]]))).toEqual(expected);
      const entries = await listEntries('model.zip', blob);
      expect(entries.map(({ path, packed, stored }) => [path, packed, stored])).toEqual(
        given.map(({ path }) => [path, expected[path]!.length, true]),
      );
    }),
    { numRuns: 30 },
  );
});

it('refuses what its lengths cannot hold', () => {
  const huge = { length: 2 ** 32 } as Uint8Array;
  expect(() => zipFiles([{ path: 'model.onnx', pieces: [huge] }])).toThrow(/4 GiB/);
});
