/**
 * The language of the page: the link's (`?lang=`), else the one chosen on this device, else the browser's
 * first that there is, else English.
 */
import { create } from '../store';
import { languageOf, loadLanguage, speak, SPOKEN_ENGLISH, type LanguageId, type Spoken } from '../../../words/languages';
import { tag } from '../../../words/words';
import { readLocal, writeLocal } from './local';

const LANGUAGE_KEY = 'karma-language';
const IN_LINK = 'lang';

interface Language {
  readonly spoken: Spoken;
  /** The chosen language could not be loaded. */
  readonly missing: LanguageId | null;
}

export const useLanguage = create<Language>()(() => ({ spoken: SPOKEN_ENGLISH, missing: null }));

/** @param search the URL's @param kept from an earlier choice @param wanted by the browser, the best first */
export function languageFor(search: string, kept: string | null, wanted: readonly string[]): LanguageId {
  const named = [new URLSearchParams(search).get(IN_LINK), kept, ...wanted];
  return named.flatMap((name) => (name === null ? [] : (languageOf(name) ?? [])))[0] ?? 'en';
}

let started: Promise<void> | undefined;

/** Before the first text is shown. Without the file, which may not arrive, the page is in English. */
export function startLanguage(): Promise<void> {
  return (started ??= change(languageFor(location.search, readLocal(LANGUAGE_KEY), navigator.languages)));
}

/** From now on, and on later visits. */
export async function setLanguage(id: LanguageId): Promise<void> {
  writeLocal(LANGUAGE_KEY, id);
  const url = new URL(location.href);
  if (url.searchParams.has(IN_LINK)) {
    url.searchParams.delete(IN_LINK);
    history.replaceState(history.state, '', url);
  }
  await change(id);
}

async function change(id: LanguageId): Promise<void> {
  try {
    const spoken = id === 'en' ? SPOKEN_ENGLISH : await loadLanguage(id);
    speak(spoken);
    useLanguage.setState({ spoken, missing: null });
    document.documentElement.lang = tag();
  } catch (error) {
    // The browser's error for a script that does not arrive.
    if (!(error instanceof TypeError)) throw error;
    useLanguage.setState({ missing: id });
  }
}
