/** What would mislead a reader of a verdict, each with its sentence. Pure. */
import { controls, namedForText, oneRate, otherSettings, startedFromAdapter } from './arms';
import type { VerdictCheck, CheckedRun } from './check';
import {
  attendedUsers,
  fewSeeds,
  hiddenSeedsCheck,
  manySeeds,
  measuringCut,
  oneSeed,
  onlyGiven,
  sampled,
  simulated,
  stopped,
  unknownOwners,
} from './population';
import { belowUntrained, moreCompute, risingLoss, warned } from './training';

/** In the order of their sentences. */
const CHECKS: readonly VerdictCheck[] = [
  // Whether there is anything to compare.
  warned,
  risingLoss,
  belowUntrained,
  // Whether it is the method that is compared.
  namedForText,
  otherSettings,
  moreCompute,
  startedFromAdapter,
  controls,
  // How far it reaches.
  oneSeed,
  manySeeds,
  fewSeeds,
  hiddenSeedsCheck,
  stopped,
  sampled,
  unknownOwners,
  attendedUsers,
  measuringCut,
  simulated,
  onlyGiven,
  oneRate,
];

/** The sentences of all checks that have something to say. */
export function limitsOf(checked: CheckedRun): string[] {
  return CHECKS.flatMap((check) => check(checked) ?? []);
}
