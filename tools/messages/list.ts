/** `npm run messages`. */
import { writeFileSync } from 'node:fs';
import { programTexts, readCatalog, TRANSLATED, writeCatalog } from './catalogs.ts';

const USAGE = `npm run messages                     every text and where it stands
npm run messages -- --missing FILE   writes to FILE, by language, the texts that it lacks and where they stand
npm run messages -- --add ko FILE    adds the translations in FILE (JSON, English to translation) to a language
npm run messages -- --tidy           sorts the languages' files and removes texts that the program no longer has`;

/** @returns the exit code */
export function main(args: readonly string[], root: string, read: (file: string) => string): number {
  const { texts, problems } = programTexts(root);
  const known = new Set(texts.map(({ text }) => text));
  const [option, first, second] = args;
  if (option === undefined) {
    for (const { text, places } of texts) console.info(`${JSON.stringify(text)}\n  ${places.join(' ')}`);
  } else if (option === '--missing' && first !== undefined) {
    const missing = TRANSLATED.map((id) => {
      const catalog = readCatalog(root, id);
      return [id, texts.filter(({ text }) => catalog[text] === undefined)] as const;
    });
    writeFileSync(first, `${JSON.stringify(Object.fromEntries(missing), null, 2)}\n`);
    for (const [id, lacking] of missing) console.info(`${id}: ${lacking.length} of ${texts.length} texts missing`);
  } else if (option === '--add' && first !== undefined && second !== undefined && isTranslated(first)) {
    const added = JSON.parse(read(second)) as Readonly<Record<string, string>>;
    const unknown = Object.keys(added).filter((text) => !known.has(text));
    writeCatalog(root, first, { ...readCatalog(root, first), ...added });
    if (unknown.length > 0)
      console.warn(`Not texts of the program:\n${unknown.map((text) => `  ${JSON.stringify(text)}`).join('\n')}`);
  } else if (option === '--tidy') {
    for (const id of TRANSLATED) {
      const kept = Object.entries(readCatalog(root, id)).filter(([text]) => known.has(text));
      writeCatalog(root, id, Object.fromEntries(kept));
    }
  } else {
    console.error(USAGE);
    return 2;
  }
  for (const problem of problems) console.error(problem);
  return problems.length > 0 ? 1 : 0;
}

function isTranslated(id: string): id is (typeof TRANSLATED)[number] {
  return TRANSLATED.some((one) => one === id);
}
