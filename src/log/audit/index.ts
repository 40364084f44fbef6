/**
 * The audit of a log and its split: leaks, and what share of the targets is easy, hard or unreachable. Pure.
 */
import { busyUsers } from './busyUsers';
import type { Audited, AuditFinding, AuditLevel, AuditCheck } from './check';
import { cold } from './cold';
import { head } from './head';
import { historyOrder } from './historyOrder';
import { idOrder } from './idOrder';
import { laterEvents } from './laterEvents';
import { laterTraining } from './laterTraining';
import { oneDay } from './oneDay';
import { oneHop } from './oneHop';
import { otherEvents } from './otherEvents';
import { precision } from './precision';
import { queries } from './queries';
import { repeats } from './repeats';
import { sharedEvents } from './sharedEvents';
import { tellingTexts } from './tellingTexts';
import { ties } from './ties';

export type { Audited, AuditFinding } from './check';

const CHECKS: readonly AuditCheck[] = [
  laterEvents,
  sharedEvents,
  laterTraining,
  idOrder,
  historyOrder,
  otherEvents,
  queries,
  tellingTexts,
  oneHop,
  cold,
  repeats,
  head,
  ties,
  oneDay,
  busyUsers,
  precision,
];

const WORST: readonly AuditLevel[] = ['red', 'amber', 'green'];

/**
 * The findings of all checks that apply, worst first. A check that had nothing to count has found nothing
 * out, so it is none.
 */
export function auditLog(audited: Audited): AuditFinding[] {
  return CHECKS.flatMap((check) => check(audited) ?? [])
    .filter(({ level, of }) => of > 0 || level === 'red')
    .sort((a, b) => WORST.indexOf(a.level) - WORST.indexOf(b.level));
}
