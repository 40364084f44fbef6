/** Lets a run pass from step to step, or holds it, as the user commands. */
import { turn } from '../log/turn';
import type { Phase } from './protocol';
import { calledOff } from './rpc/messages';

export class RunGate {
  private readonly controller = new AbortController();
  private steps = 0;
  private wake: () => void = () => undefined;
  private told: Phase | null = null;

  constructor(
    private paused: boolean,
    private readonly onPhase: (phase: Phase) => void,
  ) {}

  /** Resolves when the next step may run, or must not. @param settle called before it is held */
  async pass(settle?: () => Promise<void>): Promise<'go' | 'stop'> {
    // One macrotask per step, so that commands are handled between steps.
    await turn();
    if (this.holds) await settle?.();
    while (this.holds) {
      this.tell('paused');
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    if (this.signal.aborted) return 'stop';
    if (this.steps > 0) this.steps -= 1;
    this.tell(this.paused ? 'paused' : 'running');
    return 'go';
  }

  pause(): void {
    this.paused = true;
  }

  /**
   * Goes on, also after a single step that is still under way: what it measures may take long, and the run is
   * not held any more.
   */
  resume(): void {
    this.paused = false;
    if (this.told === 'paused' && !this.signal.aborted) this.tell('running');
    this.wake();
  }

  /** One step of every arm, then pause. */
  step(): void {
    this.paused = true;
    this.steps += 1;
    this.wake();
  }

  private get holds(): boolean {
    return !this.signal.aborted && this.paused && this.steps === 0;
  }

  private tell(phase: Phase): void {
    this.told = phase;
    this.onPhase(phase);
  }

  /** Aborted when the run should end. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  stop(): void {
    this.controller.abort(calledOff());
    this.wake();
  }
}
