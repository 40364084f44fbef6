/** Operations that run one at a time, in the order in which they were requested. */
export class Turns {
  /** Settles when the operations requested so far are over. */
  #before: Promise<unknown> = Promise.resolve();

  /** Runs an operation after those before it, whether or not they failed. @throws what it throws */
  take<T>(operation: () => Promise<T>): Promise<T> {
    const mine = this.#before.then(operation);
    this.#before = mine.catch(() => undefined);
    return mine;
  }
}
