/**
 * How long a device takes to answer, and whether it has fallen silent: some of its promises may never settle.
 */

import type { DeviceSilence } from '../record/runEvents';

/**
 * Milliseconds after which a device that never took long may count as silent, and while kernels are being
 * compiled.
 */
const LEAST = 10_000;
const COMPILING = 60_000;
/** A device counts as silent after this many times its longest answer so far. */
const TIMES = 3;

interface Question {
  readonly asked: number;
  readonly compiles: boolean;
}

export class Answers {
  private readonly open = new Set<Question>();
  private longest = 0;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /**
   * Something is asked of the device; call the result when it has answered.
   * @param compiles whether the answer waits for a compiler
   */
  ask(compiles = false): () => void {
    const question = { asked: this.now(), compiles };
    this.open.add(question);
    return () => {
      if (this.open.delete(question)) this.longest = Math.max(this.longest, this.now() - question.asked);
    };
  }

  /** Null while the device answers as it did before. */
  get silence(): DeviceSilence | null {
    const questions = [...this.open];
    const waited = this.now() - Math.min(...questions.map(({ asked }) => asked));
    const least = questions.some(({ compiles }) => compiles) ? COMPILING : LEAST;
    return questions.length > 0 && waited >= Math.max(least, TIMES * this.longest)
      ? { waited: waited / 1000, longest: this.longest / 1000 }
      : null;
  }
}
