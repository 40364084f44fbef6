/**
 * The words of the program in the active language. The English text is the key: a language's file translates
 * it, and a text that it lacks stays English. Texts are translated when they are shown, never while modules
 * load.
 */
import compile from 'icu-minify/compile';
import format, { type CompiledMessage, type FormatOptions, type FormatValues } from 'icu-minify/format';

declare const MESSAGE: unique symbol;

/**
 * A text with placeholders, plurals or tags, for `t`. A build holds it parsed, so nothing else can be done
 * with it.
 */
export interface Message {
  readonly [MESSAGE]: true;
}

export type Text = string | Message;

/**
 * By the English text; in a build by the parsed text's JSON, and parsed (`tools/messages/messagesPlugin.ts`).
 */
export type Catalog = Readonly<Record<string, CompiledMessage | undefined>>;

export type MessageValues = Readonly<Record<string, string | number>>;

/** `alter` changes every text, for a language that is made from English. */
export interface LanguageWords {
  /** For Intl and `lang`. */
  readonly tag: string;
  /** For dates and lists, if they have another form than numbers. */
  readonly region?: string;
  readonly catalog: Catalog;
  readonly alter?: (text: CompiledMessage) => CompiledMessage;
}

export const ENGLISH: LanguageWords = { tag: 'en', region: 'en-GB', catalog: {} };

let words = ENGLISH;
const numbers = new Map<string, Intl.NumberFormat>();
const dates = new Map<string, Intl.DateTimeFormat>();
const lists = new Map<string, Intl.ListFormat>();
const plurals = new Map<string, Intl.PluralRules>();

/** From now on texts are of that language. */
export function setWords(next: LanguageWords): void {
  words = next;
}

/**
 * What `make` says while the page speaks another language: exported papers, tables and files are English.
 * @param make not asynchronous
 */
export function inEnglish<Of>(make: () => Of): Of {
  const before = words;
  words = ENGLISH;
  try {
    return make();
  } finally {
    words = before;
  }
}

/** The active language's tag, for Intl and `lang`. */
export function tag(): string {
  return words.tag;
}

/** The text in the active language. @param values of its placeholders */
export function t(text: Text, values?: MessageValues): string {
  return format(wordsOf(text), words.tag, values, OPTIONS) as string;
}

/**
 * The parts of a text whose tags are functions of what they enclose: strings, and what these functions
 * return.
 */
export function textParts<Part>(text: Text, values: FormatValues<Part>): readonly (string | Part)[] {
  const parts = format<Part>(wordsOf(text), words.tag, values, OPTIONS);
  return Array.isArray(parts) ? parts : [parts];
}

/** Marks a text in a table of constants, which `t` is given when it is shown. */
export function message<const Of extends string>(text: Of): Of extends `${string}${'{' | '<'}${string}` ? Message : string {
  return text as never;
}

/** In the active language. */
export function numberFormat(options?: Intl.NumberFormatOptions): Intl.NumberFormat {
  return kept(numbers, words.tag, options, () => new Intl.NumberFormat(words.tag, options));
}

/** In the active language. */
export function dateFormat(options?: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const { tag: of, region = of } = words;
  return kept(dates, region, options, () => new Intl.DateTimeFormat(region, options));
}

/** `a, b and c` in the active language. */
export function listFormat(): Intl.ListFormat {
  const { tag: of, region = of } = words;
  return kept(lists, region, undefined, () => new Intl.ListFormat(region));
}

const OPTIONS: FormatOptions = {
  formatters: {
    getNumberFormat: (_tag, options) => numberFormat(options),
    getDateTimeFormat: (_tag, options) => dateFormat(options),
    getPluralRules: (of, options) => kept(plurals, String(of), options, () => new Intl.PluralRules(of, options)),
  },
};

function wordsOf(text: Text): CompiledMessage {
  const found = words.catalog[typeof text === 'string' ? text : JSON.stringify(text)] ?? (text as string);
  const parsed = parse(found);
  return words.alter ? words.alter(parsed) : parsed;
}

const parsed = new Map<string, CompiledMessage>();

/** A build holds texts parsed, and does not include the parser. */
function parse(text: CompiledMessage): CompiledMessage {
  if (import.meta.env.PROD || typeof text !== 'string') return text;
  return kept(parsed, text, undefined, () => compile(text));
}

/** Making a formatter of Intl takes longer than formatting with it. */
function kept<Of>(by: Map<string, Of>, name: string, options: object | undefined, make: () => Of): Of {
  const key = options === undefined ? name : name + JSON.stringify(options);
  const found = by.get(key) ?? make();
  by.set(key, found);
  return found;
}
