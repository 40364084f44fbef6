/**
 * The front matter of a Markdown file, as in the hub's cards: block YAML of mappings, lists, plain and quoted
 * scalars, and lists in brackets. Anything else (anchors, multi-line scalars) is read as text, not refused.
 */
export type Yaml = string | readonly Yaml[] | { readonly [key: string]: Yaml };

interface Line {
  readonly indent: number;
  readonly text: string;
}

/** Null if the text has none. */
export function frontMatter(text: string): Yaml | null {
  const found = /^\uFEFF?---\r?\n([\s\S]*?)\r?\n---\s*(?:\r?\n|$)/.exec(text);
  if (found === null) return null;
  const lines = found[1]!.split(/\r?\n/).flatMap((line): Line[] => {
    const content = line.replace(/\s+#.*$/, '').trimEnd();
    return content.trim() === '' || content.trimStart().startsWith('#')
      ? []
      : [{ indent: content.length - content.trimStart().length, text: content.trimStart() }];
  });
  return new Blocks(lines).block(0);
}

class Blocks {
  private at = 0;

  constructor(private readonly lines: readonly Line[]) {}

  /** The block at this indentation or deeper. */
  block(least: number): Yaml {
    const first = this.lines[this.at];
    if (first === undefined || first.indent < least) return '';
    return first.text === '-' || first.text.startsWith('- ') ? this.list(first.indent) : this.mapping(first.indent);
  }

  private list(indent: number): Yaml {
    const items: Yaml[] = [];
    for (let line = this.lines[this.at]; line?.indent === indent && /^-(?: |$)/.test(line.text); line = this.lines[this.at]) {
      const rest = line.text.slice(1);
      const inner = indent + 1 + (rest.length - rest.trimStart().length);
      const text = rest.trim();
      if (text === '') {
        this.at++;
        items.push(this.block(indent + 1));
      } else if (KEY.test(text)) {
        items.push(this.mapping(inner, text));
      } else {
        this.at++;
        items.push(scalar(text));
      }
    }
    return items;
  }

  /** @param first the text of the first line, if it follows a dash */
  private mapping(indent: number, first?: string): Yaml {
    const entries: [string, Yaml][] = [];
    let text = first;
    for (let line = this.lines[this.at]; line !== undefined; line = this.lines[this.at]) {
      text ??= line.indent === indent && !/^-(?: |$)/.test(line.text) ? line.text : undefined;
      if (text === undefined) break;
      this.at++;
      const [, key = text, value = ''] = KEY.exec(text) ?? [];
      text = undefined;
      entries.push([unquoted(key), value === '' ? this.below(indent) : scalar(value)]);
    }
    return Object.fromEntries(entries);
  }

  /** The block of a key: deeper, or a list at the key's own indentation. */
  private below(indent: number): Yaml {
    const next = this.lines[this.at];
    const list = next?.indent === indent && /^-(?: |$)/.test(next.text);
    return this.block(list ? indent : indent + 1);
  }
}

const KEY = /^("[^"]*"|'[^']*'|[^\s"'[{-][^:]*?):(?:\s+(.*))?$/;

function unquoted(text: string): string {
  return /^(["']).*\1$/.test(text) ? text.slice(1, -1) : text;
}

function scalar(text: string): Yaml {
  const list = /^\[(.*)\]$/.exec(text)?.[1];
  if (list === undefined) return unquoted(text);
  return list
    .split(',')
    .map((part) => unquoted(part.trim()))
    .filter((part) => part !== '');
}
