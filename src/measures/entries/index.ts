/** All measures, in the order in which tables list them. */
import type { RankingMeasure } from '../measure';
import { decodability, decodedCategory, decodedPath, visualDecodability } from './decodability';
import { codeCollisions, codeValidity } from './codes';
import { meanCosine, participation, rankMeMeasure, uniformityMeasure } from './embeddings';
import { gauc } from './gauc';
import { domainDrift, lmDrift, lmNll } from './language';
import { coverage, gini, popularity } from './lists';
import { overlapSpace, overlapTokens } from './overlap';
import { hr, mrr, mrrAt, ndcg, poolHr, poolMrr, poolNdcg } from './ranks';
import {
  barcode,
  contentCorrelation,
  embEntropy,
  firstAlpha,
  firstHalfSinkRate,
  itemAlpha,
  itemSinkRate,
  pictureAlpha,
} from './sinks';

export const RANKING_ENTRIES = [hr, ndcg, mrrAt, gauc, poolHr, poolNdcg, poolMrr, coverage, gini, popularity] as const;
export type RankingMeasureId = (typeof RANKING_ENTRIES)[number]['id'];
export type RankingEntry = RankingMeasure<RankingMeasureId>;

export const SINK_ENTRIES = [
  firstHalfSinkRate,
  firstAlpha,
  itemSinkRate,
  barcode,
  embEntropy,
  itemAlpha,
  contentCorrelation,
  pictureAlpha,
] as const;

export const SHAPE_ENTRIES = [rankMeMeasure, participation, uniformityMeasure, meanCosine] as const;

/** In the order in which the panel of semantic fidelity shows them. */
export const FIDELITY_ENTRIES = [decodability, decodedCategory, decodedPath, visualDecodability] as const;

export const ENTRIES = [
  ...[mrr, codeValidity, codeCollisions],
  ...SINK_ENTRIES,
  ...[rankMeMeasure.interest, rankMeMeasure.item, participation.interest, participation.item],
  ...[uniformityMeasure.interest, uniformityMeasure.item, meanCosine.interest, meanCosine.item],
  ...[lmDrift, domainDrift, lmNll],
  ...[decodability, decodedCategory, decodedPath].flatMap(({ all, cold }) => [all, cold]),
  ...[visualDecodability.all, visualDecodability.cold],
  ...[overlapSpace, overlapTokens],
] as const;
export type MeasureId = (typeof ENTRIES)[number]['id'];
