import fc from 'fast-check';
import { unzipSync } from 'fflate';
import { expect, it } from 'vitest';
import { listEntries } from '../log/source/zip';
import { toBase64 } from '../record/base64';
import { evaluatePython } from '../testing/python';
import { zipFiles, zipStreamed } from './zipWriter';

const files = fc.uniqueArray(
  fc.record({
    path: fc.stringMatching(/^[a-zé]{1,6}(\/[a-z0-9_]{1,8}){0,2}\.json$/),
    pieces: fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 4 }),
  }),
  { selector: ({ path }) => path, minLength: 1, maxLength: 5 },
);

it('is read by fflate, with checksums compared, and by our own reader', async () => {
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

it.each([0, 30, 100])('writes ZIP64 for numbers from %d on, which Python and our own reader read', async (limit) => {
  const given = [
    { path: 'short.json', pieces: [Uint8Array.of(123, 125)] },
    { path: 'long/é.bin', pieces: [new Uint8Array(70).fill(7), new Uint8Array(70).fill(9)] },
    { path: 'last.bin', pieces: [new Uint8Array(40).fill(5)] },
  ];
  const blob = zipFiles(given, limit);
  const expected = given.map(({ path, pieces }) => [path, pieces.flatMap((piece) => [...piece])]);
  const entries = await listEntries('model.zip', blob);
  const read = entries.map(async ({ path, data }) => [path, [...new Uint8Array(await data.arrayBuffer())]]);
  expect(await Promise.all(read)).toEqual(expected);
  const archive = toBase64(new Uint8Array(await blob.arrayBuffer()));
  const { stdout, stderr } = await evaluatePython(
    `import base64, io, json, zipfile
archive = zipfile.ZipFile(io.BytesIO(base64.b64decode('${archive}')))
assert archive.testzip() is None
print(json.dumps([[name, list(archive.read(name))] for name in archive.namelist()]))`,
  );
  expect(stderr).toBe('');
  expect(JSON.parse(stdout.toString())).toEqual(expected);
});

it('writes the same archive from pieces that come one at a time in memory that is used again', async () => {
  const given = [
    { path: 'a.bin', pieces: [new Uint8Array(70).fill(1), new Uint8Array(70).fill(2)] },
    { path: 'b.json', pieces: [Uint8Array.of(123, 125)] },
  ];
  const shared = new Uint8Array(70);
  async function* again(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
    for (const piece of pieces) {
      await Promise.resolve();
      shared.set(piece);
      yield shared.subarray(0, piece.length);
    }
  }
  const streamed = await zipStreamed(given.map(({ path, pieces }) => ({ path, pieces: again(pieces) })));
  expect(await streamed.arrayBuffer()).toEqual(await zipFiles(given).arrayBuffer());
});
