import { isCalledOff } from './messages';

/** Questions of which only the last is answered: asking again cancels the previous one. */
export class Latest {
  #controller = new AbortController();

  /**
   * @returns null when the question was cancelled, by a later one or otherwise.
   * @throws as the question does
   */
  async ask<T>(question: (signal: AbortSignal) => Promise<T>): Promise<T | null> {
    this.cancel();
    try {
      return await question(this.#controller.signal);
    } catch (error) {
      if (isCalledOff(error)) return null;
      throw error;
    }
  }

  cancel(): void {
    this.#controller.abort();
    this.#controller = new AbortController();
  }
}
