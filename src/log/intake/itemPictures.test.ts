import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { inspectFiles, keptItems, defaultRecipe, finishLog, readIntake, survey, type IntakeResult } from './intake';
import { EmbeddingTable } from './embeddings';
import { itemPictures } from './itemPictures';
import { readLog } from '../readLog';
import type { LogRecipe } from '../../recipe/logRecipe';
import { THUMBNAIL_SIDE } from '../types';

const EVENTS = new File(
  [
    'user_id,item_id,timestamp\n',
    ...['a', 'b'].flatMap((user) => ['i1', 'i2', 'i3', 'i 4'].map((item, at) => `${user},${item},${at}\n`)),
  ],
  'log.csv',
);

const items = (...rows: readonly string[]): File =>
  new File(['item_id,title,image\n', ...rows.map((row) => `${row}\n`)], 'items.csv');
const picture = (name: string): File => new File(['x'], name);

async function read(
  ...files: readonly File[]
): Promise<{ intake: IntakeResult; recipe: LogRecipe; found: ReturnType<typeof itemPictures> }> {
  const { sources, guesses, pictures } = await inspectFiles(files);
  const intake = await readIntake(
    sources,
    guesses.map(({ mapping }) => mapping),
  );
  const recipe = defaultRecipe(intake, guesses);
  return { intake, recipe, found: itemPictures(intake.raw, pictures, keptItems(intake, recipe)) };
}

/** Where pictures were found, by item ID. */
function places({ intake, found }: Awaited<ReturnType<typeof read>>): Record<string, string> {
  return Object.fromEntries(
    [...found.of].map(([item, of]) => [
      intake.raw.items.ids.texts[item]!,
      of.kind === 'file' ? of.source.name : of.kind === 'link' ? of.url.href : of.kind,
    ]),
  );
}

const reasons = ({ found }: Awaited<ReturnType<typeof read>>): Record<string, number> =>
  Object.fromEntries(found.unused.map(({ reason, rows }) => [reason, rows]));

describe('pictures of items', () => {
  it('are files named by the ID, whatever folder they are in; the others are counted', async () => {
    const all = await read(
      EVENTS,
      items('i1,cup,', 'i2,pot,', 'i3,pan,', 'i 4,lid,'),
      ...['shop/i1.JPG', 'shop/more/i2.png', 'i2.webp', 'i%204.avif', 'other.png', 'readme.svg'].map(picture),
    );
    expect(places(all)).toEqual({ i1: 'shop/i1.JPG', i2: 'shop/more/i2.png', 'i 4': 'i%204.avif' });
    expect(reasons(all)).toEqual({ secondPicture: 1, unknownPicture: 2 });
  });

  it('are what the image column names: a dropped file, or an HTTPS URL', async () => {
    const all = await read(
      EVENTS,
      items(
        'i1,cup,img/first.png',
        'i2,pot,https://a.example/2.jpg',
        'i3,pan,//b.example/3.jpg',
        'i 4,lid,http://c.example/4.jpg',
      ),
      picture('first.png'),
    );
    expect(places(all)).toEqual({ i1: 'first.png', i2: 'https://a.example/2.jpg', i3: 'https://b.example/3.jpg' });
    expect(reasons(all)).toEqual({ notSecure: 1 });
    expect(reasons(await read(EVENTS, items('i1,cup,img/first.png', 'i2,pot,', 'i3,pan,', 'i 4,lid,')))).toEqual({
      noPictureThere: 1,
    });
  });

  it('are bytes in a Parquet file, as in the hub’s datasets', async () => {
    const bytes = [1, 2, 3].map((size) => ({ bytes: new Uint8Array(size).fill(200 + size), path: `${size}.png` }));
    const buffer = parquetWriteBuffer({
      columnData: [
        { name: 'item_id', data: ['i1', 'i2', 'i3', 'i 4'] },
        { name: 'title', data: ['cup', 'pot', 'pan', 'lid'] },
        { name: 'image', data: [...bytes, null] },
      ],
      schema: [
        { name: 'root', num_children: 3 },
        { name: 'item_id', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
        { name: 'title', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
        { name: 'image', num_children: 2, repetition_type: 'OPTIONAL' },
        { name: 'bytes', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL' },
        { name: 'path', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
      ],
    });
    const all = await read(EVENTS, new File([buffer], 'items.parquet'));
    expect(places(all)).toEqual({ i1: 'bytes', i2: 'bytes', i3: 'bytes' });
    const { pictures, ids } = all.intake.raw.items;
    const second = pictures.get(ids.find('i2')!)!;
    expect([...new Uint8Array(await second.arrayBuffer())]).toEqual([202, 202]);
  });

  it('become the log’s visual features, in the order of its catalogue, and say which model made them', async () => {
    const { intake, recipe } = await read(EVENTS, items('i1,cup,', 'i2,pot,', 'i3,pan,', 'i 4,lid,'), picture('i3.png'));
    const table = new EmbeddingTable();
    const item = intake.raw.items.ids.find('i3')!;
    table.add(item, Float32Array.of(1, 2), { file: '', line: 0 }, { add: () => undefined } as never);
    const thumbnails = new Map([[item, new Uint8Array(3 * THUMBNAIL_SIDE ** 2).fill(9)]]);
    const plain = await finishLog(intake, recipe, survey(intake, recipe));
    intake.pictures.pictured = {
      model: { id: 'm', revision: 'main', hash: 'h' },
      table,
      thumbnails,
      cached: 0,
      leftOut: [],
      notes: [],
    };
    const { log } = await finishLog(intake, recipe, survey(intake, recipe));
    const at = Array.from(log.items, ({ id }) => id).indexOf('i3');
    expect([...log.visual!.present]).toEqual([0, 1, 2, 3].map((one) => Number(one === at)));
    expect([...log.visual!.values.subarray(2 * at, 2 * at + 2)]).toEqual([1, 2]);
    expect(log.visual!.thumbnails!.reduce((sum, value) => sum + value, 0)).toBe(9 * 3 * THUMBNAIL_SIDE ** 2);
    expect(log.hash).not.toBe(plain.log.hash);
  });

  it('alone are not a log', async () => {
    await expect(readLog([picture('i1.png'), picture('i2.png')])).rejects.toThrow('These are pictures, and no log.');
  });
});
