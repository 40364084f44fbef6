import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { deflateRawSync, gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { fromBase64 } from '../record/base64';
import { runRecordSchema, type RunRecord } from '../record/runRecord';
import { verdictOf } from '../readings/verdict/verdict';
import { MOST_PACKED, packText, unpackText } from './packedText';
import { packRun, unpackRun } from './packedRun';

function recorded(name: string): RunRecord {
  return runRecordSchema.parse(JSON.parse(gunzipSync(readFileSync(`public/recorded/${name}.run.json.gz`)).toString()) as unknown);
}

const collapse = recorded('collapse');

describe('a run in a link', () => {
  it('fits for every recorded run of two arms, and is read as a record', async () => {
    const names = readdirSync('public/recorded').flatMap((file) => /^(\w+)\.run\.json\.gz$/.exec(file)?.[1] ?? []);
    const two = names.map((name) => recorded(name)).filter(({ arms }) => arms.length <= 2);
    expect(two.length).toBeGreaterThan(2);
    for (const record of two) {
      const packed = (await packRun(record, 1))!;
      expect(packed.bytes).toBeLessThanOrEqual(MOST_PACKED);
      const read = await unpackRun(packed.text);
      if (read.kind !== 'run') throw new Error(read.reason);
      expect(read.without).toEqual(packed.without);
      expect(runRecordSchema.safeParse(read.record).error).toBeUndefined();
      expect(read.record.spec).toEqual(record.spec);
      expect(read.record.probes).toEqual([record.probes[1]]);
    }
  });

  it('has the values of curves to three digits, and those of a map to a shade', async () => {
    const read = await unpackRun((await packRun(collapse, 2))!.text);
    if (read.kind !== 'run') throw new Error(read.reason);
    collapse.arms.forEach((arm, i) => {
      const [whole, cut] = [arm.evaluations.at(-1)!, read.record.arms[i]!.evaluations.at(-1)!];
      expect(cut.ranking.all.hr[10]).toBeCloseTo(whole.ranking.all.hr[10]!, 3);
      expect(cut.collapse.lmDrift / whole.collapse.lmDrift).toBeCloseTo(1, 2);
      const [from, to] = [arm.attention.at(-1)!, read.record.arms[i]!.attention.at(-1)!];
      const size = from.layers * from.heads * from.length * from.length;
      const weights = fromBase64(from.data).slice(2 * size, 3 * size);
      const largest = Math.max(...fromBase64(to.data).map((weight, at) => Math.abs(weight - weights[at]!)));
      expect(largest).toBeLessThanOrEqual(8);
    });
    // What cannot be known without users is not claimed.
    expect(verdictOf(read.record, null)!.sentences[0]!.text).toContain('cannot be told');
  });

  it('is complete if it is short', async () => {
    const short = { ...collapse, arms: [], probes: [], projection: undefined, inference: undefined };
    const bare = { ...short, base: { ...short.base, attention: { ...short.base.attention, probes: 0, data: '' } } };
    const packed = await packRun(bare, 0);
    if (packed === null) throw new Error('too large');
    const read = await unpackRun(packed.text);
    if (packed.without.length === 0) expect(read).toMatchObject({ kind: 'run', without: [] });
    expect(read.kind).toBe('run');
  });

  it('says why it cannot be read', async () => {
    const { text } = (await packRun(collapse, 0))!;
    for (const broken of ['', 'a b', '<script>', text.slice(0, -200), 'A'.repeat(40_000)])
      expect(await unpackRun(broken)).toMatchObject({ kind: 'unreadable', reason: expect.stringMatching(/\.$/) as unknown });
    const { text: other } = await packText('{"without":[],"record":{"format":"karma-run"}}');
    expect(await unpackRun(other)).toMatchObject({ kind: 'unreadable' });
  });

  it('unpacks no decompression bomb', async () => {
    const bomb = deflateRawSync(Buffer.alloc(8_000_000)).toString('base64url');
    expect(bomb.length).toBeLessThan(MOST_PACKED * 1.34);
    expect(await unpackText(bomb)).toMatchObject({ kind: 'unreadable', reason: expect.stringContaining('more than') as unknown });
    const size = { step: 0, probes: 1000, layers: 1000, heads: 1000, length: 1000, data: '#0' };
    const { text } = await packText(
      JSON.stringify({ without: [], record: { ...collapse, arms: [], base: { ...collapse.base, attention: size } } }),
    );
    if (text.length > MOST_PACKED * 1.33) return;
    expect(await unpackRun(text)).toMatchObject({
      kind: 'unreadable',
      reason: expect.stringContaining('another size') as unknown,
    });
  });

  it('never throws, whatever the link contains', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string({ maxLength: 300 }), fc.base64String({ maxLength: 300 })), async (text) => {
        expect((await unpackRun(text)).kind).toBe('unreadable');
      }),
      { numRuns: 200 },
    );
    const { text } = (await packRun(collapse, 0))!;
    await fc.assert(
      fc.asyncProperty(fc.nat(text.length - 1), fc.constantFrom('A', 'z', '-', '_', '9'), async (at, letter) => {
        const read = await unpackRun(text.slice(0, at) + letter + text.slice(at + 1));
        expect(['run', 'unreadable']).toContain(read.kind);
      }),
      { numRuns: 40 },
    );
  });
});
