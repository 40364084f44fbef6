/**
 * The paper's three stages as evaluation protocols, and what each requires of a log. Definitions:
 * docs/metrics.md.
 */
import { givenCandidates, type InteractionLog, type Split, type Target } from '../../log/types';
import type { RunSpec } from '../../recipe/runSpec';
import { t } from '../../words/words';

/** Thrown when a log lacks what the recipe's protocol needs. */
export class ProtocolError extends RangeError {
  constructor(message: string) {
    super(message);
    this.name = 'ProtocolError';
  }
}

interface Data {
  readonly log: InteractionLog;
  readonly split: Split;
}

/** Size of the smallest given pool of these targets, each including its target; null if none has one. */
function smallestGiven(log: InteractionLog, targets: readonly Target[]): number | null {
  let least: number | null = null;
  for (const target of targets) {
    const given = givenCandidates(log, target);
    if (given === null) continue;
    const size = given.length + (given.includes(log.events.item(target.user, target.position)) ? 0 : 1);
    least = Math.min(least ?? size, size);
  }
  return least;
}

function checkGiven({ evaluation: { ks, watch } }: Pick<RunSpec, 'evaluation'>, { log, split }: Data): void {
  const size = smallestGiven(log, split.test);
  if (size === null) {
    throw new ProtocolError(
      log.candidates === undefined
        ? t(
            'Pools should be the candidate sets that came with the log (evaluation.poolFrom), but it came with none. Open the log together with its file of candidates, or draw pools: retrieved or uniform.',
          )
        : t(
            'Pools should be the candidate sets that came with the log (evaluation.poolFrom), but none of them belongs to a test target. Open the log together with its file of candidates, or draw pools: retrieved or uniform.',
          ),
    );
  }
  const least = Math.min(...ks);
  if (size <= least) {
    throw new ProtocolError(
      t(
        'The smallest given pool has {size, plural, one {# item} other {# items}}, so K = {least} says nothing: every target is among the K best of K candidates. Lower evaluation.ks.',
        { size, least },
      ),
    );
  }
  if (watch === 'validation' && smallestGiven(log, split.validation) === null) {
    throw new ProtocolError(
      t(
        'The curves should follow validation targets (evaluation.watch), but no given candidate set belongs to one. Set evaluation.watch to test.',
      ),
    );
  }
}

/** @throws ProtocolError if shown items or given pools are required and no test event of the log has any */
export function checkProtocol(spec: Pick<RunSpec, 'evaluation'>, { log, split }: Data): void {
  const { protocol, poolFrom } = spec.evaluation;
  if (protocol === 'pre-ranking' && poolFrom === 'given') {
    checkGiven(spec, { log, split });
    return;
  }
  const ranking = protocol === 'ranking';
  if (!ranking && !(protocol === 'pre-ranking' && poolFrom === 'exposed')) return;
  if (split.test.some(({ user, position }) => log.events.exposed(user, position).length > 0)) return;
  throw new ProtocolError(
    ranking
      ? t(
          'The ranking protocol is gAUC inside the list that was shown with each click, but no test event of this log names the other items that were shown. Give a column of the log the role “exposed” when you open it, or set evaluation.protocol to recall or pre-ranking.',
        )
      : t(
          'Pools should contain the items shown with each click (evaluation.poolFrom), but no test event of this log names any. Give a column of the log the role “exposed” when you open it, or draw pools differently: retrieved or uniform.',
        ),
  );
}
