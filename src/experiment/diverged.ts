import { t } from '../words/words';
/** Thrown when a loss or gradient is no longer a number. */
export class DivergedError extends Error {
  /** @param who `arm karma` */
  constructor(who: string, step: number) {
    super(t('The loss of {who} stopped being a number at step {step}.', { who, step }));
    this.name = 'DivergedError';
  }
}
