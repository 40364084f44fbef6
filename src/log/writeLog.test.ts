/** Logs written as files and read again. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogRecipe } from '../recipe/logRecipe';
import { readLog, type ReadLog } from './readLog';
import { fileOf } from '../testing/smallLogs';
import { LogError } from './types';
import { writeLog } from './writeLog';

/** As a new page would get them. */
async function roundTrip(read: ReadLog): Promise<ReadLog> {
  const { files, recipe } = await writeLog(read);
  const kept = JSON.parse(JSON.stringify(recipe)) as LogRecipe;
  const bytes = await Promise.all(files.map(async (file) => new File([await file.arrayBuffer()], file.name)));
  return readLog(bytes, { recipe: kept, name: read.log.name });
}

const text = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.constantFrom('', 'a,b', '"', 'say "no"', '=1+1', "it's", 'one\ntwo', '  padded ', '7.0', 'é', '\uFEFFx', 'a|b', '[x]'),
);

const event = fc.record({
  user: fc.constantFrom('u1', 'u2', 'u 3', '"u4"'),
  item: fc.nat({ max: 7 }),
  time: fc.oneof(fc.nat({ max: 12 }), fc.double({ min: 0, max: 20, noNaN: true }), fc.constant(1_700_000_000.25)),
  query: text,
  exposed: fc.array(fc.nat({ max: 7 }), { maxLength: 3 }),
});

describe('writeLog', () => {
  it('writes files that read back to the same log and split, or says that it cannot', async () => {
    let written = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { minLength: 8, maxLength: 40 }),
        fc.array(fc.tuple(text, text), { minLength: 8, maxLength: 8 }),
        fc.constantFrom('leave-last-out', 'last-basket', 'time'),
        async (events, items, kind) => {
          const lines = events.map(({ user, item, time, query, exposed }) =>
            JSON.stringify({
              user_id: user,
              item_id: `i${item}`,
              timestamp: time,
              query,
              exposed: exposed.map((one) => `i${one}`),
            }),
          );
          const described = items.map(([title, category], at) =>
            JSON.stringify({ item_id: `i${at}`, title: `${title} ${at}`, category, price: at % 2 === 0 ? '9.5' : '' }),
          );
          const given = [fileOf('log.jsonl', lines.join('\n')), fileOf('items.jsonl', described.join('\n'))];
          const guessed = await readLog(given).catch((error: unknown) => {
            if (error instanceof LogError) return null;
            throw error;
          });
          if (guessed === null) return;
          const recipe: LogRecipe = {
            ...guessed.recipe,
            split: kind === 'time' ? { kind, validation: 0.2, test: 0.2 } : { kind },
          };
          const read = await readLog(given, { recipe }).catch((error: unknown) => {
            if (error instanceof LogError) return null;
            throw error;
          });
          if (read === null) return;
          const again = await roundTrip(read).catch((error: unknown) => {
            if (error instanceof LogError && error.message.includes('cannot be written')) return null;
            throw error;
          });
          if (again === null) return;
          written++;
          expect(again.log).toEqual(read.log);
          expect(again.split).toEqual(read.split);
          expect(again.dropped).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
    expect(written).toBeGreaterThan(10);
  });

  it('keeps a catalogue that was shuffled because its IDs revealed the time', async () => {
    const rows = Array.from({ length: 60 }, (_, at) => `u${at % 6},${at < 30 ? at + 1 : 60 - at},${at},Item ${at}\n`);
    const read = await readLog([fileOf('told.csv', `user,item,time,title\n${rows.join('')}`)]);
    expect(read.findings.map(({ message }) => message).join()).toMatch(/order/);
    expect((await roundTrip(read)).log).toEqual(read.log);
  });

  it('keeps a split given by the files, and embeddings', async () => {
    const part = (times: readonly number[]): string =>
      `user_id,item_id,timestamp,title\n${[0, 1, 2].flatMap((u) => times.map((t) => `u${u},i${(u + t) % 5},${t},T${(u + t) % 5}\n`)).join('')}`;
    const vectors = Array.from({ length: 5 }, (_, at) => `${JSON.stringify({ item_id: `i${at}`, embedding: [at, 0.5, -1] })}\n`);
    const read = await readLog([
      fileOf('x.train.csv', part([1, 2, 3])),
      fileOf('x.valid.csv', part([4])),
      fileOf('x.test.csv', part([5])),
      fileOf('emb.jsonl', vectors.join('')),
    ]);
    expect(read.recipe.split.kind).toBe('given');
    const again = await roundTrip(read);
    expect(again.log).toEqual(read.log);
    expect(again.split).toEqual(read.split);
    expect(again.log.embeddings?.width).toBe(3);
  });

  it('throws if IDs cannot be distinguished from delimiters', async () => {
    const rows = [0, 1, 2].flatMap((u) =>
      [0, 1, 2, 3].map((t) =>
        JSON.stringify({ user: `u${u}`, item: `i|${(u + t) % 5}`, time: t, title: `T${(u + t) % 5}`, exposed: [`i|${t}`] }),
      ),
    );
    const read = await readLog([fileOf('log.jsonl', rows.join('\n'))]);
    await expect(writeLog(read)).rejects.toThrow('cannot be written as files that read back to it');
  });

  it('keeps candidate sets, with their targets', async () => {
    const read = await readLog([
      fileOf('log.csv', 'user_id,item_id,timestamp\nu,a,1\nu,"b,2",2\nu,c,3\nu,d,4\nv,a,1\nv,c,2\nv,d,3\n'),
      fileOf('sets.csv', 'user_id,item_id,candidates\nu,d,a|c\nu,,a|d\nv,,c|a|d\n'),
    ]);
    expect(read.log.candidates?.target).toEqual(Int32Array.of(3, -1, -1));
    const again = await roundTrip(read);
    expect(again.log.hash).toBe(read.log.hash);
    expect(again.log.candidates).toEqual(read.log.candidates);
  });
});
