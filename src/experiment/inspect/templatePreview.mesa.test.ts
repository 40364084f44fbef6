/** Previews agree with the tokens used in training. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logFromRows, logOf, logUsers } from '../../testing/smallLogs';
import type { InteractionLog } from '../../log/types';
import { TITLE_TOKENS } from '../../model/features';
import { runSpecSchema, type RunSpec } from '../../recipe/runSpec';
import type { PreviewQuestion, TemplatePreview } from '../../record/templatePreview';
import { TemplatePreviews, tokenPieces } from './templatePreview';
import { QueryTokens, tokeniseItems } from '../prepare/tokens';

const EOS = 1;
const encoder = new TextEncoder();
const decoder = new TextDecoder();
/** One token per byte, the hardest case of byte-level BPE. */
const reader = {
  config: { eosId: EOS } as never,
  tokenizer: {
    encode: (text: string) => [...encoder.encode(text)],
    decode: (ids: readonly number[]) => decoder.decode(Uint8Array.from(ids)),
  },
};

function shop(titles: readonly string[], queries: readonly string[] = []): InteractionLog {
  const log = logOf([titles.map((_, item) => item)], titles.length);
  return logFromRows({
    ...log,
    items: log.items.map((item, at) => ({
      ...item,
      title: titles[at]!,
      description: at % 2 === 0 ? `about ${titles[at]!}` : '',
    })),
    users: logUsers(log).map((user) => ({
      ...user,
      events: user.events.map((event, at) => ({ ...event, query: queries[at] ?? '' })),
    })),
  });
}

async function asked(
  log: InteractionLog,
  spec: RunSpec,
  question: Partial<PreviewQuestion> = {},
  previews = new TemplatePreviews(),
): Promise<TemplatePreview[]> {
  const told: TemplatePreview[] = [];
  const asked = { item: 0, query: 0, search: '', ...question };
  const counted = await previews.answer(reader, log, spec, asked, (preview) => told.push(preview));
  return [...told, counted];
}

const title = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((text) => text.trim() !== '');

describe('tokenPieces', () => {
  it('splits the text into one piece per token', () => {
    fc.assert(
      fc.property(title, (text) => {
        const ids = reader.tokenizer.encode(text);
        const pieces = tokenPieces(ids, reader.tokenizer);
        expect(pieces.map(({ id }) => id)).toEqual(ids);
        // A text that contains replacement characters cannot be distinguished from one that is cut off.
        if (!text.includes('\uFFFD')) expect(pieces.map((piece) => piece.text).join('')).toBe(text);
      }),
    );
  });

  it('puts the bytes of a character in its last piece', () => {
    expect(tokenPieces(reader.tokenizer.encode('aé'), reader.tokenizer).map(({ text }) => text)).toEqual(['a', '', 'é']);
  });
});

describe('TemplatePreviews', () => {
  it('agree with the tokens used in training, for every item and query', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(title, { minLength: 2, maxLength: 6 }),
        fc.array(fc.oneof(fc.constant(''), title), { maxLength: 6 }),
        fc.constantFrom('token', 'text'),
        fc.integer({ min: 2, max: 30 }),
        fc.integer({ min: 1, max: 20 }),
        async (titles, queries, itemInterface, maxTextTokens, maxTitleTokens) => {
          const log = shop(titles, queries);
          const spec = runSpecSchema.parse({
            version: 1,
            data: { itemTemplate: '{title}: {text}.', historyTemplate: 'a {title}', queryTemplate: 'for {query}' },
            objective: { itemInterface, maxTextTokens, maxTitleTokens },
          });
          const { texts, titleTokens } = await tokeniseItems(log.items, reader, spec);
          const different = [
            ...new Set(
              logUsers(log)[0]!
                .events.map(({ query }) => query)
                .filter(Boolean),
            ),
          ];
          let cut = 0;
          for (const [at, ids] of [...texts].entries()) {
            const [first, last] = await asked(log, spec, { item: at, query: at });
            expect(first!.texts.item!.counts).toBeNull();
            const shown = last!.texts.item!;
            const kept = shown.pieces.slice(0, shown.limit).map(({ id }) => id);
            expect([...kept, EOS]).toEqual(ids);
            if (shown.tokens > shown.limit) cut++;
            const history = last!.texts.history!;
            if (itemInterface === 'text') {
              expect(history.pieces.slice(0, history.limit).map(({ id }) => id)).toEqual(titleTokens.at(at));
            } else expect(history.limit).toBe(TITLE_TOKENS);
            expect(last!.queries).toBe(different.length);
            const query = different[Math.min(at, different.length - 1)];
            if (query === undefined) expect(last!.texts.query).toBeNull();
            else {
              const piece = last!.texts.query!;
              expect(piece.pieces.slice(0, piece.limit).map(({ id }) => id)).toEqual(
                new QueryTokens(reader.tokenizer, spec).of(query),
              );
            }
            const counts = shown.counts!;
            expect(counts.texts).toBe(titles.length);
          }
          const [, last] = await asked(log, spec);
          expect(last!.texts.item!.counts!.cut).toBe(cut);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('give mean and maximum length over the catalogue, and again when the template changes', async () => {
    const log = shop(['ab', 'abcd']);
    const previews = new TemplatePreviews();
    const spec = (itemTemplate: string): RunSpec =>
      runSpecSchema.parse({ version: 1, data: { itemTemplate }, objective: { maxTextTokens: 4 } });
    const [, plain] = await asked(log, spec('{title}'), {}, previews);
    expect(plain!.texts.item!.counts).toEqual({ texts: 2, mean: 3, max: 4, cut: 1 });
    const [, longer] = await asked(log, spec('{title}!!'), {}, previews);
    expect(longer!.texts.item!.counts).toEqual({ texts: 2, mean: 5, max: 6, cut: 2 });
  });

  it('clamp indices that are out of range, and find items by words', async () => {
    const log = shop(['red cup', 'Cup of tea', 'saucer']);
    const [preview] = await asked(log, runSpecSchema.parse({ version: 1 }), { item: 99, search: 'CUP' });
    expect(preview!.item).toEqual({ index: 2, id: 'i2', title: 'saucer' });
    expect(preview!.found).toEqual([
      { index: 1, title: 'Cup of tea' },
      { index: 0, title: 'red cup' },
    ]);
    expect(preview!.matches).toBe(2);
    expect((await asked(log, runSpecSchema.parse({ version: 1 }), { item: -3 }))[0]!.item.index).toBe(0);
  });

  it('stop counting when cancelled', async () => {
    const controller = new AbortController();
    const told: TemplatePreview[] = [];
    const answered = new TemplatePreviews().answer(
      reader,
      shop(['a', 'b']),
      runSpecSchema.parse({ version: 1 }),
      { item: 0, query: 0, search: '' },
      (preview) => {
        told.push(preview);
        controller.abort();
      },
      controller.signal,
    );
    await expect(answered).rejects.toThrow();
    expect(told).toHaveLength(1);
  });
});

describe('texts of a catalogue', () => {
  const log = shop(['harp', 'red lamp'], []);
  const spec = (data: object, objective: object = {}) => runSpecSchema.parse({ version: 1, data, objective });

  it('are tokenised once for runs that read the same', async () => {
    const first = await tokeniseItems(log.items, reader, spec({ itemTemplate: 'a {title}' }));
    expect(await tokeniseItems(log.items, reader, spec({ itemTemplate: 'a {title}' }, { maxHistory: 5 }))).toBe(first);
  });

  it.each([
    ['another template', { itemTemplate: 'the {title}' }, {}],
    ['another template of histories', { historyTemplate: 'the {title}' }, { itemInterface: 'text' }],
    ['another limit', {}, { maxTextTokens: 2 }],
    ['another interface', {}, { itemInterface: 'text' }],
  ])('are tokenised anew for %s', async (_, data, objective) => {
    const read = async (asked: object, of: object, items = log.items) => {
      const { texts, titleTokens } = await tokeniseItems(items, reader, spec(asked, of));
      return [[...texts], [...titleTokens]];
    };
    const before = await read({}, {});
    const after = await read(data, objective);
    expect(after).not.toEqual(before);
    expect(after).toEqual(await read(data, objective, shop(['harp', 'red lamp'], []).items));
  });

  it('are tokenised anew by another tokenizer', async () => {
    const first = await tokeniseItems(log.items, reader, spec({}));
    const other = { ...reader, tokenizer: { ...reader.tokenizer, encode: () => [1, 2] } };
    expect([...(await tokeniseItems(log.items, other, spec({}))).texts][0]).not.toEqual(first.texts.at(0));
  });
});
