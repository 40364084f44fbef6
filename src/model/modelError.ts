/** A problem with a model's files: what happened, and what the user can do about it. */
export class ModelError extends Error {
  constructor(
    message: string,
    /** What to do next, one sentence. */
    readonly advice: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'ModelError';
  }
}
