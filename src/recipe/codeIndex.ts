/**
 * Semantic IDs from a file: MiniOneRec's index, `{"item": ["<a_12>", "<b_7>", "<c_0>"], …}`. A recipe holds
 * it as one line per item: its ID, a tab, its tokens.
 */
import { t } from '../words/words';
import { textLines } from './textLines';

export interface CodeIndex {
  /** Number of codes at each level: one more than the largest. */
  readonly sizes: readonly number[];
  /** Codes of every item by its ID, counted from 0 at each level. */
  readonly items: ReadonlyMap<string, readonly number[]>;
}

const EXAMPLE = '<a_12> <b_7> <c_0>';
const TOKEN = /^<([a-z]+)_(\d{1,6})>$/;

/** The lines of an index, or of a text that has such lines already. */
export function indexLines(text: string): string[] {
  if (!text.trimStart().startsWith('{')) return textLines(text);
  const index = JSON.parse(text) as Record<string, unknown>;
  return Object.entries(index).map(([item, tokens]) => `${item}\t${Array.isArray(tokens) ? tokens.join(' ') : String(tokens)}`);
}

/** Read once for each list, since shapes are asked for again and again. */
const known = new WeakMap<readonly string[], CodeIndex>();
/** The list that was read last: each time a recipe is parsed, its lines are in a new one. */
let last: readonly string[] = [];

/** @throws RangeError which says which line is wrong, and how */
export function readIndex(lines: readonly string[]): CodeIndex {
  const index = known.get(lines) ?? (areEqual(lines, last) ? known.get(last) : undefined) ?? parseIndex(lines);
  known.set(lines, index);
  last = lines;
  return index;
}

function areEqual(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((line, at) => line === b[at]);
}

function parseIndex(lines: readonly string[]): CodeIndex {
  const items = new Map<string, readonly number[]>();
  const names: string[] = [];
  const sizes: number[] = [];
  for (const line of lines) {
    const at = line.indexOf('\t');
    const item = line.slice(0, at);
    const parts = line
      .slice(at + 1)
      .split(' ')
      .map((token) => TOKEN.exec(token));
    if (at < 1 || !parts.every((part) => part !== null))
      throw new RangeError(
        t('“{line}” is not an item with tokens such as {example}.', { line: line.slice(0, 80), example: EXAMPLE }),
      );
    if (items.has(item)) throw new RangeError(t('Item {item} is there twice.', { item }));
    if (items.size > 0 && parts.length !== sizes.length)
      throw new RangeError(
        t('Item {item} has {found} codes, the items before it have {levels}: all must have equally many.', {
          item,
          found: parts.length,
          levels: sizes.length,
        }),
      );
    parts.forEach(([token = '', name = '', digits], level) => {
      if ((names[level] ??= name) !== name)
        throw new RangeError(
          t('Item {item} has {token} where other items have {wanted}: each level has a name of its own.', {
            item,
            token,
            wanted: `<${names[level]}_…>`,
          }),
        );
      sizes[level] = Math.max(sizes[level] ?? 0, Number(digits) + 1);
    });
    items.set(
      item,
      parts.map(([, , digits]) => Number(digits)),
    );
  }
  return { sizes, items };
}

/** The fields of a recipe's objective that say what its semantic IDs are. */
export interface CodeChoice {
  readonly codeLevels: number;
  readonly codebookSize: number;
  readonly codeIndex: readonly string[];
}

/** Number of codes at each level of a recipe's semantic IDs. */
export function codeSizes({ codeLevels, codebookSize, codeIndex }: CodeChoice): readonly number[] {
  return codeIndex.length > 0 ? readIndex(codeIndex).sizes : new Array<number>(codeLevels).fill(codebookSize);
}

/** Why lines are no index, as a sentence; null if they are, or if there are none. */
export function indexProblem(lines: readonly string[]): string | null {
  try {
    readIndex(lines);
    return null;
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}
