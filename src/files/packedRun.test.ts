import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { deflateRawSync, gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { heldSlice } from '../charts/attention/attentionSlice';
import { runRecordSchema, type RunRecord } from '../record/runRecord';
import { firstVersion } from '../testing/firstVersion';
import { verdictOf } from '../readings/verdict/verdict';
import { MOST_PACKED, packText, unpackText } from './packedText';
import { nineDigits, packRun, readPacked, unpackRun, type SharedView } from './packedRun';

function recorded(name: string): RunRecord {
  return runRecordSchema.parse(JSON.parse(gunzipSync(readFileSync(`public/recorded/${name}.run.json.gz`)).toString()) as unknown);
}

const collapse = recorded('collapse');
const VIEW: SharedView = { probe: 1, layer: 1, head: 2, step: null, measure: 'hr' };

describe('a run in a link', () => {
  it('fits for every recorded run, and is read as a record', async () => {
    const names = readdirSync('public/recorded').flatMap((file) => /^([\w-]+)\.run\.json\.gz$/.exec(file)?.[1] ?? []);
    expect(names.length).toBeGreaterThan(5);
    for (const record of names.map((name) => recorded(name))) {
      const packed = (await packRun(record, VIEW))!;
      expect(packed.bytes).toBeLessThanOrEqual(MOST_PACKED);
      const read = await unpackRun(packed.text);
      if (read.kind !== 'run') throw new Error(read.reason);
      expect(read.record.shortened).toEqual(packed.without);
      expect(runRecordSchema.safeParse(read.record).error).toBeUndefined();
      expect(read.record.spec).toEqual(record.spec);
      expect(read.record.probes[1]).toEqual(record.probes[1]);
      expect(read.record.probes.map(({ target }) => target !== '')).toEqual(record.probes.map((_, at) => at === 1));
    }
  });

  it('has the maps shown to the byte, and names every other part as left out', async () => {
    const packed = (await packRun(collapse, VIEW))!;
    expect(packed.without).toEqual(expect.arrayContaining(['users', 'tables', 'losses', 'histories']));
    const read = await unpackRun(packed.text);
    if (read.kind !== 'run') throw new Error(read.reason);
    collapse.arms.forEach((arm, i) => {
      const [from, to] = [arm.attention.at(-1)!, read.record.arms[i]!.attention.at(-1)!];
      expect(heldSlice(to, 1, 1, 2)).toEqual(heldSlice(from, 1, 1, 2));
      expect(heldSlice(to, 0, 1, 2)).toBeNull();
      expect(heldSlice(read.record.arms[i]!.attention[0]!, 1, 1, 2)).toBeNull();
    });
    // What cannot be known without users is not claimed.
    expect(verdictOf(read.record, null)!.sentences[0]!.text).toContain('cannot be told');
  });

  it('is read from a link of version 1 with the numbers of one of today', async () => {
    const old = await unpackRun(readFileSync('tests/records/link-version-1.txt', 'utf8'));
    const today = await unpackRun((await packRun(collapse, VIEW))!.text);
    if (old.kind !== 'run' || today.kind !== 'run') throw new Error('unreadable');
    expect(old.record.shortened).toEqual(today.record.shortened);
    const numbers = ({ arms, baselines, base }: RunRecord): unknown => ({
      evaluations: arms.map(({ evaluations }) => evaluations),
      attention: arms.map(({ attention }) => attention),
      ...{ baselines, base: base.values, of: base.attention },
    });
    expect(numbers(old.record)).toEqual(numbers(today.record));
    expect(verdictOf(old.record, null)).toEqual(verdictOf(today.record, null));
  });

  it('is the same when the receiver shares it again', async () => {
    const first = await unpackRun((await packRun(collapse, VIEW))!.text);
    if (first.kind !== 'run') throw new Error(first.reason);
    const again = await unpackRun((await packRun(first.record, VIEW))!.text);
    expect(again).toEqual(first);
  });

  it('remembers of a link without a version that items that were shown were negatives', () => {
    const negativesOf = (version: object, own: object): true | undefined => {
      const first = firstVersion();
      const { version: _, ...spec } = first.spec;
      const objective = { ...spec.objective, useExposures: undefined, actionLoss: 'pairwise', ...own };
      const sent = { ...first, spec: { ...spec, ...version, objective }, data: { ...first.data, exposures: 5 } };
      const read = readPacked(JSON.stringify({ record: sent }));
      if (read.kind !== 'run') throw new Error(read.reason);
      return read.record.exposedNegatives;
    };
    expect(negativesOf({}, {})).toBe(true);
    expect(negativesOf({}, { useExposures: false })).toBeUndefined();
    expect(negativesOf({ version: 1 }, {})).toBeUndefined();
  });

  it('is whole if it is short', async () => {
    const short = { ...collapse, arms: [], probes: [], projection: undefined, inference: undefined };
    const bare = {
      ...short,
      base: { ...short.base, attention: { ...short.base.attention, probes: 0, data: '' } },
    };
    const packed = await packRun(bare, VIEW);
    if (packed === null) throw new Error('too large');
    const read = await unpackRun(packed.text);
    if (read.kind !== 'run') throw new Error(read.reason);
    if (packed.without.length === 0) expect(read.record.shortened).toBeUndefined();
  });

  it('rounds to fewer digits as the number itself does', () => {
    // Ties by a hair: 2.5 % is 3 %, and 1.5 % is 2 %.
    for (const value of [0.024999999999999998, 0.025000000000000005, 0.015]) expect(nineDigits(value)).toBe(value);
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer({ min: 1, max: 8 }), (value, digits) => {
        expect(nineDigits(value).toPrecision(digits)).toBe((value === 0 ? 0 : value).toPrecision(digits));
      }),
      {
        examples: [
          [0.015, 1],
          [2.5000000000001, 1],
          [-0.1499999999999, 2],
          [1 / 3, 8],
        ],
      },
    );
  });

  it('refuses a run that an earlier version shortened, since its numbers were changed', async () => {
    const { text } = await packText(JSON.stringify({ without: ['users'], record: { format: 'karma-run' } }));
    expect(await unpackRun(text)).toMatchObject({
      kind: 'unreadable',
      reason: expect.stringContaining('earlier version') as unknown,
    });
  });

  it('says why it cannot be read', async () => {
    const { text } = (await packRun(collapse, VIEW))!;
    for (const broken of ['', 'a b', '<script>', text.slice(0, -200), 'A'.repeat(40_000)])
      expect(await unpackRun(broken)).toMatchObject({ kind: 'unreadable', reason: expect.stringMatching(/\.$/) as unknown });
    const { text: other } = await packText('{"shapes":[],"record":{"format":"karma-run"}}');
    expect(await unpackRun(other)).toMatchObject({ kind: 'unreadable' });
  });

  it('unpacks no decompression bomb', async () => {
    const bomb = deflateRawSync(Buffer.alloc(8_000_000)).toString('base64url');
    expect(bomb.length).toBeLessThan(MOST_PACKED * 1.34);
    expect(await unpackText(bomb)).toMatchObject({ kind: 'unreadable', reason: expect.stringContaining('more than') as unknown });
    const size = { step: 0, probes: 1000, layers: 1000, heads: 1000, length: 1000, data: '#0,0,0:#' };
    const { base: _, ...small } = collapse;
    const bare = { ...small, arms: [], baselines: {}, probes: [], projection: undefined, spec: {} };
    const base = { sinks: collapse.base.sinks, values: { lmNll: 1 }, attention: size };
    const nobody = { targets: { all: 0 }, values: {}, intervals: {}, ranks: [] };
    const shapes = [{ sample: nobody, all: nobody }];
    const row = [0, 0, 0];
    const { text } = await packText(
      JSON.stringify({ shapes, record: { ...bare, base, baselines: { popularity: row, lastItem: row, zeroShot: row } } }),
    );
    expect(await unpackRun(text)).toMatchObject({
      kind: 'unreadable',
      reason: expect.stringContaining('another size') as unknown,
    });
    // A row has the values that its shape has places for, and no more.
    const { text: short } = await packText(JSON.stringify({ shapes, record: { ...bare, baselines: { popularity: [0, 1] } } }));
    expect(await unpackRun(short)).toMatchObject({ kind: 'unreadable', reason: expect.stringContaining('missing') as unknown });
  });

  it('never throws, whatever the link contains', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string({ maxLength: 300 }), fc.base64String({ maxLength: 300 })), async (text) => {
        expect((await unpackRun(text)).kind).toBe('unreadable');
      }),
      { numRuns: 200 },
    );
    const { text } = (await packRun(collapse, VIEW))!;
    await fc.assert(
      fc.asyncProperty(fc.nat(text.length - 1), fc.constantFrom('A', 'z', '-', '_', '9'), async (at, letter) => {
        const read = await unpackRun(text.slice(0, at) + letter + text.slice(at + 1));
        expect(['run', 'unreadable']).toContain(read.kind);
      }),
      { numRuns: 40 },
    );
  });
});
