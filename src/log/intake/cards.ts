/**
 * Dataset cards among the sources: which files they list, as which part of a split, and with how many rows.
 */
import { cardEntries, CARD_FORMAT, readCard, shareOfSplit, type CardEntry, type DatasetCard } from '../formats/datasetCard';
import { baseName } from '../formats/format';
import type { Source } from '../source/source';
import { emptyTally, readText } from '../source/text';
import type { SourceGuess } from './guessSource';

/** Maximum characters read of a README. */
const MOST = 1_000_000;

export interface FoundCard {
  /** With the last slash; empty for loose files. */
  readonly folder: string;
  readonly card: DatasetCard;
}

/** The card in a source; null if it is not one. @throws LogError as the source does */
export async function cardIn(source: Source): Promise<FoundCard | null> {
  if (baseName(source) !== 'readme.md') return null;
  let text = '';
  for await (const piece of readText(source, emptyTally())) {
    text += piece;
    if (text.length > MOST) break;
  }
  const card = readCard(text);
  return card && { folder: source.name.slice(0, source.name.length - 'readme.md'.length), card };
}

export function isCard({ format }: { readonly format: string }): boolean {
  return format === CARD_FORMAT;
}

/** Name of the card's config whose events are read: the default or first of several. */
function chosenConfig(
  entries: readonly (readonly CardEntry[])[],
  guesses: readonly SourceGuess[],
  card: DatasetCard,
): string | null {
  const withEvents = new Set(
    entries.flatMap((of, at) => (guesses[at]!.mapping.part === 'events' ? of.map(({ config }) => config) : [])),
  );
  const present = card.configs.filter(({ name }) => withEvents.has(name));
  return (
    (present.find(({ isDefault }) => isDefault) ?? present.find(({ name }) => name === 'default') ?? present[0])?.name ?? null
  );
}

/** The sources according to the cards beside them: parts of a split; events of other configs are ignored. */
export function withCards(guesses: readonly SourceGuess[], cards: readonly FoundCard[]): SourceGuess[] {
  let settled = [...guesses];
  for (const { folder, card } of cards) {
    const entries = settled.map(({ mapping: { name } }) =>
      name.startsWith(folder) ? cardEntries(card, name.slice(folder.length)) : [],
    );
    const chosen = chosenConfig(entries, settled, card);
    settled = settled.map((guess, at) => {
      const of = entries[at]!;
      if (of.length === 0) return guess;
      const { mapping } = guess;
      const events = mapping.part === 'events';
      const entry = events ? of.find(({ config }) => config === chosen) : of[0];
      if (entry === undefined) {
        const reasons = [...guess.reasons, `its card lists it under “${of[0]!.config}”; “${chosen!}” is read`];
        return { ...guess, reasons, mapping: { ...mapping, part: 'ignored', share: null } };
      }
      const share = events ? (shareOfSplit(entry.split) ?? mapping.share) : mapping.share;
      const rows = entry.rows === null ? '' : `, whose rows are ${entry.rows.toLocaleString('en')}`;
      return {
        ...guess,
        reasons: [...guess.reasons, `its card lists it under “${entry.config}” as a part of ${entry.split}${rows}`],
        mapping: {
          ...mapping,
          share,
          ...(entry.rows === null ? {} : { listed: { split: `${folder}${entry.config}/${entry.split}`, rows: entry.rows } }),
        },
      };
    });
  }
  return settled;
}
