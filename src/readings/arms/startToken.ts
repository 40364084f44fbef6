/** What [BOS] is for the model of a record. Pure. */
import { t } from '../../words/words';
import type { RunRecord } from '../../record/runRecord';

/** A sentence that names the token; empty for records that do not. */
export function startTokenNote({ model: { startToken } }: Pick<RunRecord, 'model'>): string {
  if (startToken === undefined) return '';
  const { text, opensTurns } = startToken;
  return opensTurns
    ? t('[BOS] is this model’s bos_token, “{token}”, with which its chat template opens every turn.', { token: text })
    : t('[BOS] is this model’s bos_token, “{token}”.', { token: text });
}
