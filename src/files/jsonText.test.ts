import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { jsonText, namesFormat } from './jsonText';

const OURS = '{ "format": "karma-run", "title": "é" }';
const packed = (text: string, name: string): File => new File([new Uint8Array(gzipSync(text))], name);

describe('our own JSON files', () => {
  it('are recognised by their start, compressed or not', async () => {
    expect(await namesFormat(new File([OURS], 'run.json'))).toBe(true);
    expect(await namesFormat(packed(OURS, 'a.run.json.gz'))).toBe(true);
    expect(await namesFormat(new File([`\uFEFF\n${OURS}`], 'run.json'))).toBe(true);
    expect(await namesFormat(packed(OURS + ' '.repeat(500_000), 'big.json.gz'))).toBe(true);
  });

  it('do not include logs, other files or damaged archives', async () => {
    expect(await namesFormat(new File(['[{ "format": 1 }]'], 'events.json'))).toBe(false);
    expect(await namesFormat(packed('{"user_id":"a"}\n{"user_id":"b"}', 'events.json.gz'))).toBe(false);
    expect(await namesFormat(new File([OURS], 'run.txt'))).toBe(false);
    expect(await namesFormat(new File(['no archive'], 'run.json.gz'))).toBe(false);
  });

  it('are read whole', async () => {
    expect(await jsonText(new File([OURS], 'run.json'))).toBe(OURS);
    expect(await jsonText(packed(OURS, 'run.json.gz'))).toBe(OURS);
    const cut = new File([new Uint8Array(gzipSync(OURS.repeat(100))).slice(0, 30)], 'run.json.gz');
    await expect(jsonText(cut)).rejects.toThrow();
  });
});
