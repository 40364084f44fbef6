/**
 * Pictures of a log's items: found, asked about, fetched, embedded by a tiny vision model, counted where they
 * are broken, and shown.
 */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { deflateSync } from 'node:zlib';
import { startHub, type HubServer } from '../src/testing/hubServer';
import { tinyVision, TINY_VISION_WIDTH } from '../src/testing/tinyVision';
import { addItem, openInspector } from './support/inspector';
import { smallLog } from './support/logs';
import { expect, sharedTest, test, TINY } from './support/playground';
import { ENGINE_PORT } from './support/ports';
import { workerReport } from './support/workerReport';

const ODD = JSON.parse(readFileSync('src/testing/oddPictures.json', 'utf8')) as Record<string, string>;
const odd = (name: string): Buffer => Buffer.from(ODD[name]!, 'base64');

/** A PNG of one colour; `width` and `height` may lie. */
function png([r, g, b]: readonly [number, number, number], said = 8): Buffer {
  const side = 8;
  const rows = Buffer.concat(
    Array.from({ length: side }, () => Buffer.from([0, ...Array.from({ length: side }, () => [r, g, b]).flat()])),
  );
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const framed = Buffer.alloc(8 + body.length);
    framed.writeUInt32BE(data.length);
    body.copy(framed, 4);
    framed.writeUInt32BE(crc32(body), 4 + body.length);
    return framed;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(said, 0);
  head.writeUInt32BE(said, 4);
  head.set([8, 2], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

let hub: HubServer;
let host: Server;
let asked: string[];
let address: string;

test.beforeEach(async () => {
  hub = await startHub({ repositories: new Map([['tiny/vision', tinyVision()]]) });
  asked = [];
  host = createServer((request, response) => {
    asked.push(request.url!);
    if (request.url === '/private.png') {
      // Without the header that lets other pages read it.
      response.end(png([9, 9, 9]));
      return;
    }
    response.setHeader('Access-Control-Allow-Origin', '*');
    if (request.url === '/slow.png' && asked.filter((one) => one === request.url).length === 1) return;
    if (request.url === '/moved.png') response.writeHead(302, { Location: '/blue.png' }).end();
    else if (request.url === '/blue.png') response.end(png([0, 0, 255]));
    else response.writeHead(404).end();
  });
  await new Promise<void>((listening) => host.listen(0, '127.0.0.1', listening));
  address = `http://127.0.0.1:${(host.address() as AddressInfo).port}`;
});
test.afterEach(async () => {
  await hub.close();
  host.closeAllConnections();
  await new Promise((closed) => host.close(closed));
});

sharedTest(
  'pictures of items are embedded once their hosts are approved, and shown; broken ones are counted',
  async ({ playground }) => {
    const { page, intake, run } = playground;
    const items = new Map<string, string>();
    for (const line of smallLog().text.trimEnd().split('\n').slice(1)) {
      const [, item = '', , title = ''] = line.split(',');
      items.set(item, title);
    }
    const ids = [...items.keys()];
    const links = ['/blue.png', '/private.png', '/moved.png', '/none.png', '/slow.png'];
    const linked = ids.slice(-links.length);
    const table = ids.map((id) => `${id},${items.get(id)!},${linked.includes(id) ? address + links[linked.indexOf(id)]! : ''}\n`);
    const colours = ids.slice(0, 20).map((id, at) => [`${id}.png`, png([12 * at, 255 - 12 * at, 40])] as const);
    const files: readonly (readonly [string, Buffer | string])[] = [
      ['kitchen.csv', smallLog().text],
      ['items.csv', `item_id,title,image\n${table.join('')}`],
      ...colours,
      [`${ids[20]!}.svg`, '<svg xmlns="http://www.w3.org/2000/svg"><script>document.title = "run"</script></svg>'],
      [`${ids[21]!}.png`, png([0, 0, 0], 10_000)],
      [`${ids[22]!}.png`, png([0, 0, 0], 0)],
      [`${ids[23]!}.jpg`, 'no picture at all'],
      [`${ids[24]!}.png`, png([50, 60, 70]).subarray(0, 60)],
      [`${ids[25]!}.gif`, odd('gif-animated')],
      [`${ids[26]!}.jpg`, odd('jpeg-cmyk')],
      [`${ids[27]!}.jpg`, odd('jpeg-turned')],
      ['stranger.png', png([1, 2, 3])],
    ];
    await playground.open({
      ...TINY,
      arms: JSON.stringify([{ id: 'img', label: '+img', lambdaImg: 0.3 }]),
    });
    const transfer = await page.evaluateHandle(
      (given) => {
        const data = new DataTransfer();
        for (const { name, base64 } of given) {
          data.items.add(new File([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], name));
        }
        return data;
      },
      files.map(([name, content]) => ({ name, base64: Buffer.from(content).toString('base64') })),
    );
    await page.dispatchEvent('body', 'dragover', { dataTransfer: transfer });
    await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });

    await playground.intakeStep('Files');
    await expect(intake).toContainText(`${files.length - 2} pictures`);
    await playground.intakeStep('Report');
    const section = intake.getByRole('region', { name: 'Pictures of the items' });
    await expect(section).toContainText('33 of 40 items have a picture: 28 as a file, 5 at a web address (one host)');
    await expect(section).toContainText('1 not used: named after no item of the catalogue stranger.png');
    await section.getByLabel('Vision model: ID or URL on a hub').fill(`${hub.url}/tiny/vision`);
    await section.getByRole('button', { name: 'Embed the pictures' }).click();
    const question = section.getByRole('group', { name: 'Other hosts' });
    await expect(question).toContainText(`${new URL(address).host}, 5 pictures`);
    await expect(question).toContainText('which is not the usual hub');
    expect(hub.asked).toEqual([]);
    expect(asked).toEqual([]);
    await question.getByRole('button', { name: 'Use them' }).click();
    // A host that does not answer holds everything up, until it is stopped; nothing that was computed is
    // computed again.
    await expect.poll(() => asked, { timeout: 60_000 }).toContain('/slow.png');
    await section.getByRole('button', { name: 'Stop' }).click();
    await expect(section.getByRole('button', { name: 'Stop' })).toHaveCount(0);
    await expect(section).not.toContainText('have visual features');
    await section.getByRole('button', { name: 'Embed the pictures' }).click();
    await expect(section).toContainText('24 items have visual features, 8 numbers each, by tiny/vision', { timeout: 120_000 });
    expect([...new Set(asked)].sort()).toEqual([...links].sort());

    const report = intake.getByRole('region', { name: 'What is unusual' });
    for (const told of [
      '1 picture not used: SVG, a document that may hold scripts, is not opened',
      '1 picture not used: more than 50 megapixels',
      '1 picture not used: without a pixel',
      '1 picture not used: not PNG, JPEG, GIF, WebP, AVIF or BMP',
      '1 picture not used: cannot be decoded by the browser',
      '2 pictures not used: could not be fetched',
      '2 pictures not used: refused by the host',
      '1 picture animated',
      '1 picture in CMYK',
      '1 picture with a rotation in its EXIF data',
    ]) {
      await expect(report).toContainText(told);
    }
    await expect(page).not.toHaveTitle('run');

    // The second time, nothing is recomputed.
    const fetched = hub.asked.length;
    await section.getByRole('button', { name: 'Embed them again' }).click();
    await expect(section).toContainText('those of 24 pictures were kept from before', { timeout: 60_000 });
    expect(hub.asked.slice(fetched).filter(({ path }) => path.endsWith('.onnx') && path.includes('resolve')).length).toBe(0);

    await intake.getByRole('button', { name: 'Use this log' }).click();
    await expect(intake).toBeHidden();
    await run.click();
    await playground.finished(200_000);
    const readings = playground.panel('What the embedding says');
    await expect(readings.getByRole('img', { name: /^Picture of / }).first()).toBeVisible({ timeout: 60_000 });

    await openInspector(playground);
    await addItem(playground, 'teacup');
    const drawn = page.getByRole('region', { name: '+img', exact: true }).getByRole('img', { name: /^Picture of / });
    await expect(drawn).toHaveCount(4, { timeout: 60_000 });
    // Its own pixels: one colour each, or those of the odd pictures, on white.
    const colour = await drawn
      .first()
      .evaluate((canvas: HTMLCanvasElement) => [...canvas.getContext('2d')!.getImageData(12, 12, 1, 1).data]);
    expect(colour).not.toEqual([255, 255, 255, 255]);
  },
);

interface Decoded {
  readonly width: number;
  readonly height: number;
  /** RGBA */
  readonly data: readonly number[];
  /** RGB, 24 × 24. */
  readonly thumbnail: readonly number[];
  readonly notes: readonly string[];
}

interface Embedded {
  readonly provider: string;
  readonly rows: readonly (readonly number[])[];
}

/** What pictures.worker.ts reports. */
interface Report {
  readonly error?: string;
  readonly pictures: Readonly<Record<string, Decoded>>;
  readonly families: readonly {
    readonly family: string;
    readonly gpu: Embedded;
    readonly lost: Embedded;
    readonly wasm: Embedded;
  }[];
  readonly back: number;
}

test('pictures are decoded as they are meant to be seen, and models run on WebGPU or, where that fails, on WebAssembly', async ({
  playground: { page },
}) => {
  await page.goto(`http://127.0.0.1:${ENGINE_PORT}/e2e/engine/index.html`);
  const { error, pictures, families, back } = (await workerReport(page, '/e2e/engine/pictures.worker.ts')) as Report;
  expect(error).toBeUndefined();
  const pixel = (name: string, x: number, y: number): number[] => {
    const { data, width } = pictures[name]!;
    return data.slice(4 * (y * width + x), 4 * (y * width + x) + 3);
  };

  // EXIF orientation 6: the stored picture is rotated, so that its left column is the top row of the
  // displayed one, from right to left.
  expect([pictures.jpeg!.width, pictures.jpeg!.height]).toEqual([12, 10]);
  expect([pictures['jpeg-turned']!.width, pictures['jpeg-turned']!.height]).toEqual([10, 12]);
  expect(pictures['jpeg-turned']!.notes).toEqual(['turned']);
  for (let y = 0; y < 12; y++) {
    for (let x = 0; x < 10; x++) {
      const stored = pixel('jpeg', y, 9 - x);
      pixel('jpeg-turned', x, y).forEach((shade, colour) => {
        expect(Math.abs(shade - stored[colour]!)).toBeLessThanOrEqual(2);
      });
    }
  }
  // Redder towards the bottom, greener towards the left; the thumbnail shows all of it, upright, on white.
  expect(pixel('jpeg-turned', 5, 11)[0]! - pixel('jpeg-turned', 5, 0)[0]!).toBeGreaterThan(120);
  expect(pixel('jpeg-turned', 0, 6)[1]! - pixel('jpeg-turned', 9, 6)[1]!).toBeGreaterThan(120);
  const { thumbnail } = pictures['jpeg-turned']!;
  expect(thumbnail).toHaveLength(3 * 24 * 24);
  expect(thumbnail.slice(3 * 12 * 24, 3 * 12 * 24 + 3)).toEqual([255, 255, 255]);
  expect(thumbnail[3 * (12 * 24 + 12) + 2]).toBeLessThan(60);

  // The first frame, which has no blue; CMYK as RGB; transparency becomes white.
  for (const name of ['gif-animated', 'webp-animated']) expect(pixel(name, 6, 5)[2]).toBeLessThan(60);
  for (const [x, y] of [
    [1, 1],
    [10, 1],
    [1, 8],
  ] as const) {
    const plain = pixel('jpeg', x, y);
    pixel('jpeg-cmyk', x, y).forEach((shade, colour) => {
      expect(Math.abs(shade - plain[colour]!)).toBeLessThan(60);
    });
  }
  expect([pixel('transparent', 1, 4), pixel('transparent', 6, 4)]).toEqual([
    [0, 0, 255],
    [255, 255, 255],
  ]);

  expect(families.map(({ family }) => family)).toEqual(['clip', 'siglip', 'dinov2']);
  for (const { gpu, lost, wasm } of families) {
    expect([gpu.provider, lost.provider, wasm.provider]).toEqual(['webgpu', 'wasm', 'wasm']);
    expect(lost.rows).toEqual(wasm.rows);
    expect(wasm.rows[0]).toHaveLength(TINY_VISION_WIDTH);
    wasm.rows[0]!.forEach((value, at) => {
      expect(gpu.rows[0]![at]).toBeCloseTo(value, 4);
    });
  }
  // Every GPU is released once.
  expect(back).toBe(2 * families.length);
});
