/** Streaming JSON to objects: one per line, or one after the other. */
import { BracketReader, MOST_JSON_CHARACTERS, type JsonRecord } from './brackets';
import { DelimitedParser, type LineTooLong } from './delimited';
import { parsePythonLiteral } from './pythonLiteral';

function asObject(value: unknown, line: number): JsonRecord {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return { value: value as Readonly<Record<string, unknown>>, line, problem: '' };
  }
  return { value: null, line, problem: 'This is not a JSON object { "name": value, … }.' };
}

const JSON_PARTS = /"(?:[^"\\]|\\.)*"|-?\d[\w.+-]*/g;
const PYTHON_PARTS = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|-?\d[\w.+-]*/g;

/**
 * Integers beyond 2⁵³ become texts, digit for digit: as numbers, different IDs would be equal.
 * @param parts texts, which are unchanged, and numbers
 */
function keepLongIntegers(text: string, parts: RegExp): string {
  if (!/\d{16}/.test(text)) return text;
  return text.replaceAll(parts, (part) => (/^-?\d{16,}$/.test(part) && !Number.isSafeInteger(Number(part)) ? `"${part}"` : part));
}

/** One object from its text: JSON, else a Python dict. */
export function parseObject(text: string, line: number): JsonRecord {
  try {
    return asObject(JSON.parse(keepLongIntegers(text, JSON_PARTS)), line);
  } catch (error) {
    try {
      return asObject(parsePythonLiteral(keepLongIntegers(text, PYTHON_PARTS)), line);
    } catch {
      const reason = error instanceof Error ? error.message : String(error);
      return { value: null, line, problem: `Not JSON: ${reason.slice(0, 120)}` };
    }
  }
}

/** One object per line; blank lines are skipped. */
export class JsonLinesParser {
  private readonly lines: DelimitedParser;

  constructor(tooLong: LineTooLong) {
    this.lines = new DelimitedParser('\n', false, tooLong, MOST_JSON_CHARACTERS);
  }

  *push(piece: string, final: boolean): Generator<JsonRecord, void> {
    for (const {
      fields: [text = ''],
      line,
    } of this.lines.push(piece, final))
      yield parseObject(text.trim(), line);
  }
}

/**
 * Objects one after the other, in an array or not, separated by their brackets. What is between them (commas,
 * the array's own brackets) is skipped; anything else there is one problem.
 */
export class JsonParser extends BracketReader {
  private strayLine = 0;

  protected read(char: number): JsonRecord | null {
    if (this.depth === 0) return this.outside(char);
    this.follow(char);
    return this.depth === 0 ? parseObject(this.take(this.at + 1), this.startLine) : null;
  }

  private outside(char: number): JsonRecord | null {
    if (char === 123) {
      this.follow(char);
      this.begin();
      this.strayLine = 0;
    } else if (char !== 91 && char !== 93 && char !== 44 && char > 32 && this.strayLine !== this.line) {
      // One problem per line, however long the text that belongs to no object.
      this.strayLine = this.line;
      return { value: null, line: this.line, problem: 'Text outside of any object { … }.' };
    }
    return null;
  }
}
