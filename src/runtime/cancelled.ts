/** The person called off what comes before the first step: a download, or making a log ready. */
export class CancelledError extends Error {
  constructor() {
    super('The preparation was called off.');
    this.name = 'CancelledError';
  }
}
