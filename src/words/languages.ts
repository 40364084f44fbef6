/** The languages of the page, and loading one. */
import { pseudo } from './pseudo';
import { ENGLISH, setWords, type Catalog } from './words';

export interface Language {
  /** In the language itself. */
  readonly name: string;
  /** Whether a native speaker has read the translation. */
  readonly read: boolean;
}

/** Those offered, by the tag for Intl and `lang`. */
export const LANGUAGES = {
  en: { name: 'English', read: true },
  ko: { name: '한국어', read: false },
  'zh-CN': { name: '简体中文', read: false },
} as const satisfies Readonly<Record<string, Language>>;

/** English in longer words with accents, for tests of the layout: what is not accented is not translated. */
export const PSEUDO = 'en-XA';

export type LanguageId = keyof typeof LANGUAGES | typeof PSEUDO;

/** A language as sent to a worker. */
export interface Spoken {
  readonly id: LanguageId;
  readonly catalog: Catalog;
}

export const SPOKEN_ENGLISH: Spoken = { id: 'en', catalog: ENGLISH.catalog };

/** Rejects if the file does not arrive. */
export async function loadLanguage(id: LanguageId): Promise<Spoken> {
  return {
    id,
    catalog:
      id === 'ko'
        ? (await import('./locales/ko.json')).default
        : id === 'zh-CN'
          ? (await import('./locales/zh-CN.json')).default
          : {},
  };
}

/** From now on texts here are of that language. */
export function speak({ id, catalog }: Spoken): void {
  if (id === PSEUDO) setWords({ ...ENGLISH, alter: pseudo });
  else setWords(id === 'en' ? ENGLISH : { tag: id, catalog });
}

/**
 * @param name a tag of BCP 47, such as `zh-Hans-SG`
 * @returns the language that reads best for it; null if none does
 */
export function languageOf(name: string): LanguageId | null {
  if (name === PSEUDO) return PSEUDO;
  try {
    const wanted = new Intl.Locale(name).maximize();
    const found = (Object.keys(LANGUAGES) as (keyof typeof LANGUAGES)[]).find((id) => {
      const { language, script } = new Intl.Locale(id).maximize();
      return language === wanted.language && script === wanted.script;
    });
    return found ?? null;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
