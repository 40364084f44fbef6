/** Dropped files as sources: what they were recognised as, and their first rows. */
import { firstRowItems, type RowItem } from '../../log/intake/rowItems';
import { missingEvents } from '../../log/intake/guess';
import { guessSource, type SourceGuess } from '../../log/intake/guessSource';
import { guessOwnEvents } from '../../log/intake/ownColumns';
import { inspectFiles, PICTURES_ALONE, type InspectedSources } from '../../log/intake/intake';
import { pictureBytesOf } from '../../log/records/values';
import type { Source } from '../../log/source/source';
import type { InspectedFiles, SeenSource, SourceQuestions } from '../intakeProtocol';
import { numberFormat, t } from '../../words/words';

const PREVIEW_ROWS = 20;
/** Maximum lengths of a cell's text and list sent to the page. */
const PREVIEW_TEXT = 200;
const PREVIEW_LIST = 12;
const PREVIEW_ITEMS = 5;

type Parameter<Name extends keyof SourceQuestions> = Parameters<SourceQuestions[Name]>[0];

export class SourceService implements SourceQuestions {
  #inspected: InspectedSources = { sources: [], guesses: [], pictures: [] };

  get inspected(): InspectedSources {
    return this.#inspected;
  }

  async inspect({ files, remembered }: Parameter<'inspect'>): Promise<InspectedFiles> {
    this.#inspected = await inspectFiles(files, remembered);
    const { sources, guesses, pictures } = this.#inspected;
    return {
      sources: guesses.map((guess, at) => seenSource(sources[at]!, guess)),
      pictures: { files: pictures.length, bytes: pictures.reduce((sum, { size }) => sum + size, 0) },
      missing: sources.length === 0 ? PICTURES_ALONE : (missingEvents(guesses)?.message ?? null),
      guess: guessOwnEvents(guesses),
    };
  }

  async lookAgain({ source, syntax }: Parameter<'lookAgain'>): Promise<SeenSource> {
    const { sources, pictures } = this.#inspected;
    const of = sources[source]!;
    const guess = await guessSource(of, {}, syntax);
    this.#inspected = {
      sources,
      pictures,
      guesses: this.#inspected.guesses.map((before, at) => (at === source ? guess : before)),
    };
    return seenSource(of, guess);
  }

  async rowItems({ mappings, leader }: Parameter<'rowItems'>): Promise<readonly RowItem[]> {
    return firstRowItems(this.#inspected.sources, mappings, leader, PREVIEW_ITEMS);
  }
}

/** A cell as sent to the page: shortened, and without anything that cannot be sent. */
function shownCell(value: unknown): unknown {
  if (typeof value === 'string') return value.length > PREVIEW_TEXT ? `${value.slice(0, PREVIEW_TEXT)}…` : value;
  const picture = value instanceof Uint8Array ? null : pictureBytesOf(value);
  if (picture !== null) return t('picture of {bytes} bytes', { bytes: numberFormat().format(picture.length) });
  if (value instanceof Float32Array) return shownCell([...value.subarray(0, PREVIEW_LIST + 1)]);
  if (Array.isArray(value))
    return [...value.slice(0, PREVIEW_LIST).map(shownCell), ...(value.length > PREVIEW_LIST ? ['…'] : [])];
  if (typeof value === 'object' && value !== null && !(value instanceof Date)) return shownCell(JSON.stringify(value));
  return value;
}

function seenSource(source: Source, guess: SourceGuess): SeenSource {
  return { ...guess, size: source.size, rows: guess.rows.slice(0, PREVIEW_ROWS).map((row) => row.map(shownCell)) };
}
