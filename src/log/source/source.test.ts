import { gzipSync, strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { fileOf } from '../../testing/smallLogs';
import { LogError } from '../types';
import { openSources } from './source';
import { emptyTally, readText, type EncodingTally } from './text';

type Bytes = Uint8Array<ArrayBuffer>;

async function texts(...files: readonly File[]): Promise<{ name: string; text: string; tally: EncodingTally }[]> {
  const read = [];
  for (const source of await openSources(files)) {
    const tally = emptyTally();
    let text = '';
    for await (const piece of readText(source, tally)) text += piece;
    read.push({ name: source.name, text, tally });
  }
  return read;
}

function packed(bytes: Uint8Array): Bytes {
  return Uint8Array.from(bytes);
}

function utf16(text: string, big: boolean): Bytes {
  const view = new DataView(new ArrayBuffer(2 * text.length));
  for (let i = 0; i < text.length; i++) view.setUint16(2 * i, text.charCodeAt(i), !big);
  return new Uint8Array(view.buffer);
}

function latin(text: string): Bytes {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

const LINES = 'user,item\r\nann,café\r\n';
const TEXT = 'user,item\nann,café\n';

describe('openSources and readText', () => {
  it.each([
    ['UTF-8', strToU8(LINES), 'utf-8'],
    ['UTF-8 with a mark', strToU8(`\ufeff${LINES}`), 'utf-8'],
    ['UTF-16 with a mark', utf16(`\ufeff${LINES}`, false), 'utf-16le'],
    ['big-endian UTF-16 with a mark', utf16(`\ufeff${LINES}`, true), 'utf-16be'],
    ['UTF-16 without a mark', utf16(LINES, false), 'utf-16le'],
    ['Latin-1', latin(LINES), 'utf-8'],
    ['old Mac line ends', strToU8(LINES.replaceAll('\r\n', '\r')), 'utf-8'],
  ])('%s', async (_, bytes, encoding) => {
    const [read] = await texts(fileOf('log.csv', packed(bytes)));
    expect(read?.text).toBe(TEXT);
    expect(read?.tally.encoding).toBe(encoding);
  });

  it('reads each line in its own encoding and says which are Latin-1', async () => {
    const mixed = packed(new Uint8Array([...strToU8('a,é\n'), ...latin('b,é\nc,d\n'), ...strToU8('e,ü\n'), ...latin('f,ü\n')]));
    const [read] = await texts(fileOf('log.csv', mixed));
    expect(read?.text).toBe('a,é\nb,é\nc,d\ne,ü\nf,ü\n');
    expect(read?.tally).toMatchObject({ legacyLines: 2, firstLegacy: [2, 5], hasUtf8: true });
  });

  it('splits neither characters nor line ends, however long the lines are', async () => {
    const long = `${'é'.repeat(70_001)}\r\n${'a🙂'.repeat(50_000)}\r\n`;
    const [read] = await texts(fileOf('log.csv', packed(strToU8(long))));
    expect(read?.text).toBe(long.replaceAll('\r\n', '\n'));
    expect(read?.tally.legacyLines).toBe(0);
  });

  it('unpacks gzip and ZIP, stored and deflated, and names entries', async () => {
    const zip = zipSync({
      'ml/a.csv': [strToU8(LINES), { level: 9 }],
      'b.csv': [strToU8('x\n'), { level: 0 }],
      '__MACOSX/a': strToU8('z'),
    });
    const read = await texts(fileOf('log.csv.gz', packed(gzipSync(strToU8(LINES)))), fileOf('all.zip', packed(zip)));
    expect(read.map(({ name, text }) => [name, text])).toEqual([
      ['log.csv', TEXT],
      ['all.zip/ml/a.csv', TEXT],
      ['all.zip/b.csv', 'x\n'],
    ]);
  });

  it.each([
    ['an empty file', fileOf('x', packed(new Uint8Array())), 'is empty'],
    ['cut gzip', fileOf('x.gz', packed(gzipSync(strToU8(LINES.repeat(99))).subarray(0, -10))), 'cannot be unpacked'],
    ['a ZIP cut off', fileOf('x.zip', packed(zipSync({ a: strToU8(LINES) }).subarray(0, 60))), 'cut off'],
    ['a workbook', fileOf('x.xlsx', packed(zipSync({ 'xl/workbook.xml': strToU8('<x/>') }))), 'Office'],
    ['a gzip bomb', fileOf('x.gz', packed(gzipSync(new Uint8Array(64e6).fill(97), { level: 9 }))), '200 times'],
    ['a ZIP bomb', fileOf('x.zip', packed(zipSync({ a: [new Uint8Array(64e6).fill(97), { level: 9 }] }))), '200 times'],
    ['binary data', fileOf('x', packed(new Uint8Array([1, 2, 3, 0, 200, 3, 4, 5, 6]))), 'binary'],
    ['a zero byte further on', fileOf('x', packed(strToU8(`a,b\n${'c,d\n'.repeat(200)}e,\0\n`))), 'line 202: There is binary'],
    ['a web page', fileOf('x.csv', '\n<!DOCTYPE html><html></html>'), 'web page'],
    ['a PDF', fileOf('x.csv', '%PDF-1.7 and so on'), 'PDF'],
  ])('refuses %s', async (_, file, message) => {
    await expect(texts(file)).rejects.toThrow(LogError);
    await expect(texts(file)).rejects.toThrow(message);
  });

  it('notices a ZIP entry whose bytes were changed', async () => {
    const bytes = packed(zipSync({ 'a.csv': [strToU8('user,item\nann,coat\n'), { level: 0 }] }));
    const at = bytes.indexOf('c'.charCodeAt(0), 40);
    bytes[at] = 'b'.charCodeAt(0);
    await expect(texts(fileOf('x.zip', bytes))).rejects.toThrow('checksum');
  });
});

describe('archives inside an archive', () => {
  const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
  it('are opened, gzip and ZIP', async () => {
    const inner = zipSync({ 'deep/b.csv': bytes('b') });
    const outer = zipSync({ 'a.csv.gz': gzipSync(bytes('a')), 'inner.zip': inner, 'c.csv': bytes('c') });
    const sources = await openSources([fileOf('log.zip', new Uint8Array(outer))]);
    const texts = await Promise.all(sources.map(async (source) => [source.name, await new Response(source.open()).text()]));
    expect(texts).toEqual([
      ['log.zip/a.csv', 'a'],
      ['log.zip/inner.zip/deep/b.csv', 'b'],
      ['log.zip/c.csv', 'c'],
    ]);
  });

  it('are refused if nested too deeply', async () => {
    let archive = zipSync({ 'a.csv': bytes('a') });
    for (let depth = 0; depth < 4; depth++) archive = zipSync({ 'inner.zip': archive });
    await expect(openSources([fileOf('log.zip', new Uint8Array(archive))])).rejects.toThrow('too deep');
  });
});
