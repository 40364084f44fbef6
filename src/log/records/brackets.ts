/** Streaming JSON, tracked by brackets and strings, so that only the open piece is kept. */
import type { LineTooLong } from './delimited';

/** Maximum characters of one object or entry. */
export const MOST_JSON_CHARACTERS = 8_000_000;

/** One object of a file. */
export interface JsonRecord {
  /** Null if the text is not an object. */
  readonly value: Readonly<Record<string, unknown>> | null;
  /** Line on which it starts, counted from 1. */
  readonly line: number;
  readonly problem: string;
}

export abstract class BracketReader {
  /** Position of the current character, and its line, counted from 1. */
  protected at = 0;
  protected line = 1;
  /** Brackets that are open. */
  protected depth = 0;
  /** Line on which the last piece started. */
  protected startLine = 1;
  private text = '';
  /** Where the open piece starts, −1 between pieces. */
  private start = -1;
  private inString = false;

  constructor(private readonly tooLong: LineTooLong) {}

  *push(piece: string, final: boolean): Generator<JsonRecord, void> {
    this.text += piece;
    for (; this.at < this.text.length; this.at++) {
      const char = this.text.charCodeAt(this.at);
      if (char === 10) this.line++;
      if (this.inString) {
        if (char === 92) this.at++;
        else if (char === 34) this.inString = false;
        continue;
      }
      const record = this.read(char);
      if (record !== null) yield record;
    }
    if (!final) this.cut();
    else if (this.depth > 0)
      yield { value: null, line: this.startLine, problem: 'The file ends inside this object. Is it cut off?' };
  }

  /** Processes one character outside strings. @returns what it completes */
  protected abstract read(char: number): JsonRecord | null;

  /** Counts a bracket, enters a string. */
  protected follow(char: number): void {
    if (char === 34) this.inString = true;
    else if (char === 123 || char === 91) this.depth++;
    else if (char === 125 || char === 93) this.depth--;
  }

  protected get open(): boolean {
    return this.start >= 0;
  }

  /** A piece starts at this character. */
  protected begin(): void {
    this.start = this.at;
    this.startLine = this.line;
  }

  /** The open piece, up to but excluding that position. */
  protected take(end: number): string {
    const piece = this.text.slice(this.start, end);
    this.start = -1;
    return piece;
  }

  /** Releases what was read. An escape at the very end of the text may have moved `at` one past it. */
  private cut(): void {
    const keep = this.open ? this.start : Math.min(this.at, this.text.length);
    if (this.text.length - keep > MOST_JSON_CHARACTERS) throw this.tooLong(this.startLine);
    this.text = this.text.slice(keep);
    this.at -= keep;
    if (this.open) this.start = 0;
  }
}
