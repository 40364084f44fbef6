import fc from 'fast-check';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { readLog, type ReadLog } from '../readLog';
import { evaluatePython } from '../../testing/python';
import { fileOf } from '../../testing/smallLogs';
import { LogError } from '../types';
import { inspectFiles } from './intake';

/** Three users with the four items a, b, c, d, whose embeddings are (0, 1), (2, 3), (4, 5), (6, 7). */
const IDS = ['a', 'b', 'c', 'd'];
const EVENTS = fileOf(
  'events.csv',
  `user,item,time\n${[0, 1, 2].flatMap((u) => IDS.map((_, k) => `u${u},${IDS[(u + k) % 4]!},${k}\n`)).join('')}`,
);
const ITEMS = fileOf('items.csv', `item_id,title\n${IDS.map((id) => `${id},The ${id}\n`).join('')}`);
const VECTORS = IDS.map((_, row) => [2 * row, 2 * row + 1]);

/** An array as saved by NumPy itself. */
async function npy(name: string, expression: string): Promise<File> {
  const code = `import io, sys, numpy as np\nfile = io.BytesIO()\nnp.save(file, ${expression})\nsys.stdout.buffer.write(file.getvalue())`;
  const { stdout, stderr } = await evaluatePython(code);
  expect(stderr).toBe('');
  return fileOf(name, Uint8Array.from(stdout));
}

const FLOATS = await npy('emb.npy', 'np.arange(8, dtype="float32").reshape(4, 2)');

function vectorsOf({ log }: ReadLog): Record<string, number[]> {
  const { width, values } = log.embeddings!;
  return Object.fromEntries(log.items.map(({ id }, index) => [id, [...values.subarray(index * width, (index + 1) * width)]]));
}

const EXPECTED = Object.fromEntries(IDS.map((id, row) => [id, VECTORS[row]]));

function said({ findings }: ReadLog): string {
  return findings.map(({ message, done, example }) => `${message}: ${done}; ${example}`).join('\n');
}

describe('embeddings in a log', async () => {
  const jsonLines = IDS.map((id, row) => `${JSON.stringify({ item_id: id, embedding: VECTORS[row] })}\n`).join('');
  const columns = [
    { name: 'item_id', data: IDS },
    { name: 'embedding', data: VECTORS },
  ];
  const schema = [
    { name: 'root', num_children: 2 },
    { name: 'item_id', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
    { name: 'embedding', num_children: 1, converted_type: 'LIST', repetition_type: 'OPTIONAL' },
    { name: 'list', num_children: 1, repetition_type: 'REPEATED' },
    { name: 'element', type: 'FLOAT', repetition_type: 'OPTIONAL' },
  ] as const;
  const parquet = fileOf('emb.parquet', new Uint8Array(parquetWriteBuffer({ columnData: columns, schema: [...schema] })));

  it.each([
    ['float32, in the order of the items file', [FLOATS]],
    ['float64, big-endian', [await npy('emb.npy', 'np.arange(8, dtype=">f8").reshape(4, 2)')]],
    ['float16', [await npy('emb.npy', 'np.arange(8, dtype="float16").reshape(4, 2)')]],
    ['integers', [await npy('emb.npy', 'np.arange(8).reshape(4, 2)')]],
    [
      'with a list of ids in another order',
      [fileOf('ids.txt', 'd\nc\nb\na\n'), await npy('emb.npy', 'np.arange(8.0).reshape(4, 2)[::-1].copy()')],
    ],
    ['with an array of ids', [await npy('ids.npy', 'np.array(["a", "b", "c", "d"])'), FLOATS]],
    ['as JSON lines', [fileOf('emb.jsonl', jsonLines)]],
    ['as a list column of Parquet', [parquet]],
    [
      'as text',
      [fileOf('emb.csv', `item_id;embedding\n${IDS.map((id, row) => `${id};[${VECTORS[row]!.join(', ')}]\n`).join('')}`)],
    ],
  ])('%s', async (_, files) => {
    const read = await readLog([EVENTS, ...files, ITEMS]);
    expect(vectorsOf(read)).toEqual(EXPECTED);
    expect(read.log.embeddings?.missing).toBe(0);
    expect(read.log.items.map(({ title }) => title)).toEqual(['The a', 'The b', 'The c', 'The d']);
    expect(read.dropped).toEqual([]);
    expect((await readLog([EVENTS, ...files, ITEMS], { recipe: read.recipe })).log).toEqual(read.log);
  });

  it('enter the hash of the log', async () => {
    const plain = await readLog([EVENTS, ITEMS]);
    expect(plain.log.embeddings).toBeUndefined();
    const hashes = await Promise.all(
      [FLOATS, await npy('emb.npy', 'np.ones((4, 2))')].map((file) => readLog([EVENTS, ITEMS, file])),
    );
    expect(new Set([plain, ...hashes].map(({ log }) => log.hash)).size).toBe(3);
  });

  it('may be beside titles in an items file', async () => {
    const both = IDS.map((id, row) => `${JSON.stringify({ item_id: id, title: `The ${id}`, embedding: VECTORS[row] })}\n`).join(
      '',
    );
    expect(vectorsOf(await readLog([EVENTS, fileOf('items.jsonl', both)]))).toEqual(EXPECTED);
  });

  it('are counted if they cannot be used, and replaced by the mean', async () => {
    const lines = [
      { item_id: 'a', embedding: [0, 1] },
      { item_id: 'a', embedding: [9, 9] },
      { item_id: 'b', embedding: [4, 5] },
      { item_id: 'c', embedding: [1, 2, 3] },
      { item_id: 'd', embedding: 'NaN 1' },
      { item_id: 'd', embedding: ['x', 1] },
      { item_id: 'z', embedding: [1, 2] },
    ];
    const read = await readLog([EVENTS, ITEMS, fileOf('emb.jsonl', lines.map((line) => `${JSON.stringify(line)}\n`).join(''))]);
    expect(vectorsOf(read)).toEqual({ a: [0, 1], b: [4, 5], c: [2, 3], d: [2, 3] });
    expect(read.log.embeddings?.missing).toBe(2);
    expect(read.log.items).toHaveLength(4);
    for (const finding of [
      '1 row: second embedding of an item: the first embedding is used',
      '1 row: embedding with a different length from the first: the mean of the other items’ embeddings stands in; 3 numbers, not 2',
      '1 row: embedding with a value that is not finite',
      '1 row: embedding that is not a list of numbers',
      '1 row: embedding of an item that is in no other file: not used; z',
      '2 items without an embedding, beside 2 items that have one of 2 numbers: the mean of the others stands in',
    ]) {
      expect(said(read)).toContain(finding);
    }
  });

  it('are refused or counted, whatever bytes of an array change', async () => {
    const good = new Uint8Array(await FLOATS.arrayBuffer());
    const changes = fc.array(fc.tuple(fc.nat({ max: good.length - 1 }), fc.nat({ max: 255 })), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(changes, fc.nat({ max: good.length }), async (changed, lost) => {
        const bytes = good.slice(0, changed.length === 0 ? good.length - lost : good.length);
        for (const [at, value] of changed) bytes[at] = value;
        const outcome = await readLog([EVENTS, ITEMS, fileOf('emb.npy', bytes)]).catch((error: unknown) => error);
        if (outcome instanceof LogError) return;
        const { log } = outcome as ReadLog;
        expect(log.items).toHaveLength(4);
        if (log.embeddings !== undefined) expect(log.embeddings.values.every(Number.isFinite)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    ['other numbers of rows', [ITEMS, await npy('emb.npy', 'np.ones((5, 2))')], 'It has 5 rows, but items.csv has 4 rows.'],
    ['no ids', [await npy('emb.npy', 'np.ones((4, 2))')], 'Its rows have no IDs.'],
    ['three dimensions', [ITEMS, await npy('emb.npy', 'np.ones((4, 2, 2))')], 'neither a list of ids nor a table'],
    ['columns first', [ITEMS, await npy('emb.npy', 'np.asfortranarray(np.ones((4, 2)))')], 'ascontiguousarray'],
    ['objects', [ITEMS, await npy('emb.npy', 'np.array([{}], dtype=object)')], 'pickled objects'],
    ['a cut array', [ITEMS, fileOf('emb.npy', new Uint8Array([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]))], 'cut off'],
  ])('are refused with what to do: %s', async (_, files, message) => {
    // What cannot even be parsed is ignored if the rest is a log.
    const outcome = await readLog([EVENTS, ...files]).catch((error: unknown) => error);
    if (outcome instanceof LogError) expect(outcome.message).toContain(message);
    else {
      expect((outcome as ReadLog).log.embeddings).toBeUndefined();
      const { guesses } = await inspectFiles([EVENTS, ...files]);
      expect(guesses.flatMap(({ reasons }) => reasons).join()).toContain(message);
    }
  });
});

describe('visual features in a log', () => {
  const lines = (rows: readonly unknown[]): File =>
    fileOf('pictures.jsonl', rows.map((visual, row) => `${JSON.stringify({ item_id: IDS[row], visual })}\n`).join(''));

  it('are a separate role, from a column or an array, and enter the hash', async () => {
    const column = await readLog([EVENTS, ITEMS, lines(VECTORS)]);
    const array = await readLog([EVENTS, ITEMS, await npy('clip-image.npy', 'np.arange(8, dtype="float32").reshape(4, 2)')]);
    for (const { log } of [column, array]) {
      expect(log.embeddings).toBeUndefined();
      expect(log.visual).toMatchObject({ width: 2, present: Uint8Array.from([1, 1, 1, 1]) });
      expect([...log.visual!.values]).toEqual(VECTORS.flat());
    }
    expect(column.log.hash).toBe(array.log.hash);
    expect(column.log.hash).not.toBe((await readLog([EVENTS, ITEMS])).log.hash);
  });

  it('may be beside events, with nothing else said about their items', async () => {
    const rows = IDS.map((item_id, row) => JSON.stringify({ user_id: 'u', item_id, timestamp: row, visual: VECTORS[row] }));
    const { log } = await readLog([fileOf('events.jsonl', `${rows.join('\n')}\n`)]);
    expect(log.embeddings).toBeUndefined();
    expect([...log.visual!.values]).toEqual(VECTORS.flat());
  });

  it('may be beside embeddings', async () => {
    const { log } = await readLog([EVENTS, ITEMS, FLOATS, lines([[9], [8], [7], [6]])]);
    expect(log.embeddings!.width).toBe(2);
    expect([...log.visual!.values]).toEqual([9, 8, 7, 6]);
  });

  it.each([
    [
      'another length',
      [
        [0, 1],
        [2, 3, 4],
        [4, 5],
        [6, 7],
      ],
      /1 row: visual features with a different length from the first: the item counts as one without/,
    ],
    [
      'a number that is not finite',
      [
        [0, 1],
        [2, 'NaN'],
        [4, 5],
        [6, 7],
      ],
      /visual features (that are not a list of numbers|with a value that is not finite)/,
    ],
    ['no list', [[0, 1], 'none', [4, 5], [6, 7]], /visual features that are not a list of numbers/],
    [
      'nothing',
      [[0, 1], null, [4, 5], [6, 7]],
      /1 item without visual features, beside 3 items that have 2 numbers: L_img leaves them out/,
    ],
  ])('count what cannot be used: %s', async (_, rows, expected) => {
    const read = await readLog([EVENTS, ITEMS, lines(rows)]);
    expect(said(read)).toMatch(expected);
    expect([...read.log.visual!.present]).toEqual([1, 0, 1, 1]);
    expect([...read.log.visual!.values]).toEqual([0, 1, 0, 0, 4, 5, 6, 7]);
  });
});
