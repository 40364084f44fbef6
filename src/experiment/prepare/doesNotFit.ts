/**
 * Thrown before a run allocates anything if its device or model does not suffice; the message says what to
 * change.
 */
export class DoesNotFitError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DoesNotFitError';
  }
}
