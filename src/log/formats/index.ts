/** All formats, the most specific first; the last accepts any table. */
import type { Peek } from '../records/peek';
import type { Format, Recognition } from './format';
import { candidates } from './candidates';
import { table } from './generic';
import { recbole } from './recbole';
import { idMaps } from './idMaps';
import { numpy } from './numpy';
import { jsonMaps } from './jsonMaps';
import { publishedTable } from './published';
import { fixedHistories, itemTexts, sequences } from './sequences';

const FORMATS: readonly Format[] = [
  numpy,
  recbole,
  idMaps,
  candidates,
  jsonMaps,
  publishedTable,
  sequences,
  fixedHistories,
  itemTexts,
];

/** What a source is; never null, since anything with columns is a table. */
export function recognise(peek: Peek): Recognition {
  for (const format of FORMATS) {
    const recognition = format.recognise(peek);
    if (recognition !== null) return recognition;
  }
  return table.recognise(peek)!;
}
