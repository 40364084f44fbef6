import { t } from '../../words/words';
/** Thrown when a loss or gradient is no longer a number. */
export class DivergedError extends Error {
  /** @param arm its ID; null if it is no arm, but a baseline that is trained */
  constructor(
    message: string,
    readonly arm: string | null,
  ) {
    super(message);
    this.name = 'DivergedError';
  }
}

/** @param who `arm karma` */
export function divergedAt(who: string, step: number, arm: string | null): DivergedError {
  return new DivergedError(t('The loss of {who} stopped being a number at step {step}.', { who, step }), arm);
}
