/** Lets a run pass from step to step, or holds it, as the person says. */
import { turn } from '../log/turn';
import type { Phase } from './protocol';
import { calledOff } from './rpc/messages';

export class RunGate {
  private readonly controller = new AbortController();
  private steps = 0;
  private wake: () => void = () => undefined;

  constructor(
    private paused: boolean,
    private readonly onPhase: (phase: Phase) => void,
  ) {}

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
}
