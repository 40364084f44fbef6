/** Lets a run pass from step to step, or holds it, as the person says. */
import { turn } from '../log/turn';
import type { Phase } from './protocol';
import { calledOff } from './rpc/messages';

export class RunGate {
  /** Rejects when the run cannot go on (device lost). */
  readonly failure: Promise<never>;
  private fails!: (error: Error) => void;
  private readonly controller = new AbortController();
  private steps = 0;
  private wake: () => void = () => undefined;

  constructor(
    private paused: boolean,
    private readonly onPhase: (phase: Phase) => void,
  ) {
    this.failure = new Promise((_, reject) => {
      this.fails = reject;
    });
    // A failure before or after the run is nobody's unhandled rejection.
    this.failure.catch(() => undefined);
  }

  /** Resolves when the next step may run, or is not to. */
  async pass(): Promise<'go' | 'stop'> {
    // A macrotask a step, so that commands get in between steps.
    await turn();
    while (!this.signal.aborted && this.paused && this.steps === 0) {
      this.onPhase('paused');
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    if (this.signal.aborted) return 'stop';
    if (this.steps > 0) this.steps -= 1;
    this.onPhase(this.paused ? 'paused' : 'running');
    return 'go';
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    this.wake();
  }

  /** One step of every arm, then pause. */
  step(): void {
    this.paused = true;
    this.steps += 1;
    this.wake();
  }

  /** Aborted when the run is to end. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  stop(): void {
    this.controller.abort(calledOff());
    this.wake();
  }

  fail(error: Error): void {
    this.fails(error);
    this.stop();
  }
}
