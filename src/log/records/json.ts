/** JSON, as it streams in, to objects: one a line, or one after the other. */
import { DelimitedParser, type LineTooLong } from './delimited';
import { parsePythonLiteral } from './pythonLiteral';

/** Characters of one object. */
const MOST_CHARACTERS = 8_000_000;

export interface JsonRecord {
  /** Null where the text is no object. */
  readonly value: Readonly<Record<string, unknown>> | null;
  /** Line on which it starts, counted from 1. */
  readonly line: number;
  readonly problem: string;
}

function asObject(value: unknown, line: number): JsonRecord {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return { value: value as Readonly<Record<string, unknown>>, line, problem: '' };
  }
  return { value: null, line, problem: 'This is no JSON object { "name": value, … }.' };
}

const JSON_PARTS = /"(?:[^"\\]|\\.)*"|-?\d[\w.+-]*/g;
const PYTHON_PARTS = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|-?\d[\w.+-]*/g;

/**
 * Whole numbers beyond 2⁵³ become texts, digit for digit: as numbers, different ids would be one.
 * @param parts texts, which are left as they are, and numbers
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

/** One object a line; blank lines are skipped. */
export class JsonLinesParser {
  private readonly lines: DelimitedParser;

  constructor(tooLong: LineTooLong) {
    this.lines = new DelimitedParser('\n', false, tooLong, MOST_CHARACTERS);
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
 * Objects one after the other, in an array or not, told apart by their brackets. What stands between them (commas, the array's
 * own brackets) is skipped; anything else there is one problem.
 */
export class JsonParser {
  private text = '';
  private line = 1;
  private at = 0;
  private depth = 0;
  private inString = false;
  private start = -1;
  private startLine = 1;
  private strayLine = 0;

  constructor(private readonly tooLong: LineTooLong) {}

  *push(piece: string, final: boolean): Generator<JsonRecord, void> {
    this.text += piece;
    for (; this.at < this.text.length; this.at++) {
      const char = this.text.charCodeAt(this.at);
      if (char === 10) this.line++;
      if (this.depth === 0) yield* this.outside(char);
      else if (this.inside(char)) {
        yield parseObject(this.text.slice(this.start, this.at + 1), this.startLine);
        this.start = -1;
      }
    }
    if (final) yield* this.end();
    else this.cut();
  }

  /** @returns whether the object ends here. */
  private inside(char: number): boolean {
    if (this.inString) {
      if (char === 92) this.at++;
      else if (char === 34) this.inString = false;
    } else if (char === 34) this.inString = true;
    else if (char === 123 || char === 91) this.depth++;
    else if (char === 125 || char === 93) {
      this.depth--;
      return this.depth === 0;
    }
    return false;
  }

  private *outside(char: number): Generator<JsonRecord, void> {
    if (char === 123) {
      this.depth = 1;
      this.start = this.at;
      this.startLine = this.line;
      this.strayLine = 0;
    } else if (char !== 91 && char !== 93 && char !== 44 && char > 32 && this.strayLine !== this.line) {
      // One problem a line, however long the text is that belongs to no object.
      this.strayLine = this.line;
      yield { value: null, line: this.line, problem: 'Text outside of any object { … }.' };
    }
  }

  private *end(): Generator<JsonRecord, void> {
    if (this.start >= 0) yield { value: null, line: this.startLine, problem: 'The file ends inside this object. Is it cut off?' };
    this.text = '';
  }

  /** Lets go of what was read. An escape at the very end of the text may have moved `at` one past it. */
  private cut(): void {
    const keep = this.start >= 0 ? this.start : Math.min(this.at, this.text.length);
    if (this.text.length - keep > MOST_CHARACTERS) throw this.tooLong(this.startLine);
    this.text = this.text.slice(keep);
    this.at -= keep;
    if (this.start >= 0) this.start = 0;
  }
}
