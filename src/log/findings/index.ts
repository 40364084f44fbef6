/** Oddities of a log, with counts, first lines, and what is done about them. Pure. */
import type { LogRecipe } from '../../recipe/logRecipe';
import { orderOf, type IntakeResult, type Survey } from '../intake/intake';
import { candidateSets } from './candidateSets';
import { datasetCard, datasetShards } from './dataset';
import { encodings } from './encodings';
import type { FindingCheck, Finding } from './finding';
import { idsInOrder, oddIds, roundedIds, sortedHistories } from './ids';
import { items } from './items';
import { lateRows, missingTimes, unfoldedHistories } from './order';
import { pictureFindings } from './pictures';
import { notedRows, rejectedRows } from './rows';
import { cutTexts, similarTitles } from './texts';
import { baskets, singleUser } from './users';

export type { Finding } from './finding';

const CHECKS: readonly FindingCheck[] = [
  rejectedRows,
  items,
  datasetCard,
  datasetShards,
  encodings,
  notedRows,
  oddIds,
  lateRows,
  unfoldedHistories,
  missingTimes,
  roundedIds,
  cutTexts,
  singleUser,
  candidateSets,
  baskets,
  similarTitles,
  sortedHistories,
  idsInOrder,
];

/** Everything that the user should know before using the log, worst first; pictures last. */
export function findingsOf(intake: IntakeResult, recipe: LogRecipe, { filtered }: Survey): Finding[] {
  const surveyed = { raw: intake.raw, order: orderOf(intake, recipe.split), filtered, recipe };
  const found = CHECKS.flatMap((check) => check(surveyed))
    .filter((finding) => finding !== null)
    .sort((a, b) => Number(b.level === 'warning') - Number(a.level === 'warning'));
  const { pictured } = intake.pictures;
  return pictured === null ? found : [...found, ...pictureFindings(pictured)];
}
