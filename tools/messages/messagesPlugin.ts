/**
 * Parses the program's texts when it is built, so that the page needs no parser: literals in the source, and
 * the languages' files.
 */
import { readFileSync } from 'node:fs';
import compile from 'icu-minify/compile';
import type { Plugin } from 'vite';
import { extract } from './extract.ts';

export function messagesPlugin(): Plugin {
  return {
    name: 'karma-messages',
    apply: 'build',
    enforce: 'pre',
    transform: {
      filter: { id: /\/src\/.*\.tsx?$/, code: /\b(?:t|message|say)\(|<T\b/ },
      handler(code, id) {
        return { code: parsed(id, code), map: null };
      },
    },
    load: {
      filter: { id: /\/words\/locales\/[^/]+\.json$/ },
      handler: (id) => parsedCatalog(readFileSync(id, 'utf8')),
    },
  };
}

/** The source with parsed texts instead of those that have placeholders, tags or quotes. */
export function parsed(file: string, source: string): string {
  const texts = extract(file, source).texts.filter((text) => text.parsed);
  return texts
    .toSorted((a, b) => b.start - a.start)
    .reduce((code, { text, start, end, attribute }) => {
      const value = JSON.stringify(compile(text));
      return `${code.slice(0, start)}${attribute ? `{${value}}` : value}${code.slice(end)}`;
    }, source);
}

/** A language's file with parsed texts under what `keyOf` makes of parsed English ones. */
export function parsedCatalog(json: string): string {
  const catalog = JSON.parse(json) as Readonly<Record<string, string>>;
  return JSON.stringify(
    Object.fromEntries(Object.entries(catalog).map(([text, translation]) => [keyOf(text), compile(translation)])),
  );
}

/** As `t` looks for it. */
function keyOf(text: string): string {
  const value = compile(text);
  return value === text ? text : JSON.stringify(value);
}
