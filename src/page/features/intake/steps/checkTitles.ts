import type { RunSpec } from '../../../../recipe/runSpec';
import type { TitleProgress } from '../../../../runtime/protocol';
import type { CallOptions } from '../../../../runtime/rpc/connect';
import { unansweredFor } from '../../../state/run/trainingLink';
import { useIntake } from '../../../state/session/intakeState';
import type { Session } from '../../../state/session/session';
import { t } from '../../../../words/words';

/**
 * Tests the recipe's model on the titles of the log on screen, for its audit; returns what went wrong, if
 * anything.
 */
export async function checkTitles(
  { intake, services }: Pick<Session, 'intake' | 'services'>,
  spec: RunSpec,
  options: CallOptions<TitleProgress>,
): Promise<string | null> {
  const trials = await intake.ask(({ reading }, recipe) => reading.titles(recipe));
  if (trials === null) return t('Read the log first.');
  try {
    const knownTitles = await services().titles.known({ spec, trials }, options);
    if (knownTitles === null) return t('No title has three different words.');
    useIntake.setState({ knownTitles });
    return null;
  } catch (error) {
    const failure = unansweredFor(error);
    return failure === null ? null : `${failure.message} ${failure.advice}`;
  }
}
