/** All formats, the most specific first; the last accepts any table. */
import type { Peek } from '../records/peek';
import { amazon } from './amazon';
import type { Format, Recognition } from './format';
import { candidates } from './candidates';
import { table } from './generic';
import { movieLens100k, movieLens1m, movieLensCsv } from './movielens';
import { recbole } from './recbole';
import { idMaps } from './idMaps';
import { numpy } from './numpy';
import { jsonMaps } from './jsonMaps';
import { lastFm1K, lastFmHetRec } from './lastFm';
import { mind } from './mind';
import { miniOneRec } from './miniOneRec';
import { onlineRetail } from './retail';
import { retailRocket } from './retailRocket';
import { fixedHistories, itemTexts, sequences } from './sequences';
import { steam } from './steam';
import { taobao } from './taobao';
import { yoochoose } from './yoochoose';

export const FORMATS: readonly Format[] = [
  numpy,
  recbole,
  idMaps,
  candidates,
  miniOneRec,
  jsonMaps,
  mind,
  steam,
  movieLens100k,
  movieLens1m,
  movieLensCsv,
  ...amazon,
  taobao,
  yoochoose,
  retailRocket,
  lastFm1K,
  lastFmHetRec,
  onlineRetail,
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
