/**
 * Python literals, as `repr` writes dicts of plain values: the 2014 Amazon metadata are such lines. Nothing
 * is executed.
 */

const ESCAPES: Readonly<Record<string, string>> = {
  ...{ n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' },
  ...{ '\\': '\\', "'": "'", '"': '"', '/': '/', '\n': '' },
};

class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  /** @throws SyntaxError when the text is not a single literal. */
  readAll(): unknown {
    const value = this.value();
    this.space();
    if (this.at < this.text.length) this.fail();
    return value;
  }

  private fail(): never {
    throw new SyntaxError(`not a Python literal at character ${this.at + 1}`);
  }

  private space(): void {
    while (/\s/.test(this.text[this.at] ?? '')) this.at++;
  }

  private takes(token: string): boolean {
    if (!this.text.startsWith(token, this.at)) return false;
    this.at += token.length;
    return true;
  }

  private value(): unknown {
    this.space();
    const char = this.text[this.at];
    if (char === '{') return this.dict();
    if (char === '[') return this.list('[', ']');
    if (char === '(') return this.list('(', ')');
    if (this.takes("u'") || this.takes('u"')) return this.string(this.text[this.at - 1]!);
    if (char === "'" || char === '"') {
      this.at++;
      return this.string(char);
    }
    if (this.takes('None')) return null;
    if (this.takes('True')) return true;
    if (this.takes('False')) return false;
    const number = /^-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/.exec(this.text.slice(this.at, this.at + 40));
    if (number === null) this.fail();
    this.at += number[0].length;
    return Number(number[0]);
  }

  private dict(): Record<string, unknown> {
    const entries: [string, unknown][] = [];
    this.at++;
    this.space();
    while (!this.takes('}')) {
      const key = this.value();
      this.space();
      if (typeof key !== 'string' || !this.takes(':')) this.fail();
      entries.push([key, this.value()]);
      this.space();
      if (!this.takes(',') && this.text[this.at] !== '}') this.fail();
      this.space();
    }
    return Object.fromEntries(entries);
  }

  private list(open: string, close: string): unknown[] {
    const values: unknown[] = [];
    this.takes(open);
    this.space();
    while (!this.takes(close)) {
      values.push(this.value());
      this.space();
      if (!this.takes(',') && this.text[this.at] !== close) this.fail();
      this.space();
    }
    return values;
  }

  private string(quote: string): string {
    let text = '';
    for (;;) {
      const char = this.text[this.at++];
      if (char === undefined) this.fail();
      if (char === quote) return text;
      text += char === '\\' ? this.escape() : char;
    }
  }

  private escape(): string {
    const char = this.text[this.at++] ?? this.fail();
    const digits = { x: 2, u: 4, U: 8 }[char];
    // As in Python, a meaningless backslash is kept.
    if (digits === undefined) return ESCAPES[char] ?? `\\${char}`;
    const code = Number.parseInt(this.text.slice(this.at, this.at + digits), 16);
    if (!(code >= 0 && code <= 0x10ffff)) this.fail();
    this.at += digits;
    return String.fromCodePoint(code);
  }
}

/** @throws SyntaxError */
export function parsePythonLiteral(text: string): unknown {
  return new Reader(text).readAll();
}
