/** The paper's three stages as evaluation protocols, and what each asks of a log. Definitions: docs/metrics.md. */
import type { InteractionLog, Split } from '../../log/types';
import type { RunSpec } from '../../recipe/runSpec';

/** A log that lacks what the recipe's protocol is about. */
export class ProtocolError extends RangeError {
  constructor(message: string) {
    super(message);
    this.name = 'ProtocolError';
  }
}

const REMEDY = 'Give a column of the log the role “exposed” when you open it';

/** @throws ProtocolError if shown items are asked for and no test event of the log has any */
export function checkProtocol(
  { evaluation: { protocol, poolFrom } }: Pick<RunSpec, 'evaluation'>,
  { log, split }: { readonly log: InteractionLog; readonly split: Split },
): void {
  const ranking = protocol === 'ranking';
  if (!ranking && !(protocol === 'pre-ranking' && poolFrom === 'exposed')) return;
  if (split.test.some(({ user, position }) => log.events.exposed(user, position).length > 0)) return;
  throw new ProtocolError(
    ranking
      ? `The ranking protocol is gAUC inside the list that was shown with each click, but no test event of this log names the other items that were shown. ${REMEDY}, or set evaluation.protocol to recall or pre-ranking.`
      : `Pools should contain the items shown with each click (evaluation.poolFrom), but no test event of this log names any. ${REMEDY}, or draw pools differently: retrieved or uniform.`,
  );
}
