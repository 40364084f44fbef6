/**
 * What the CLI prints while it runs, in terminals and in pipes: a line for each event that has one, and how
 * far it is whenever that is silent for long.
 */
import { followStage, stageSecondsLeft, type StageSoFar } from '../experiment/forecast/stageTime';
import { timeLeft } from '../experiment/forecast/timeLeft';
import { EMPTY_EXPERIMENT, foldEvents } from '../runtime/experimentState';
import type { WorkerEvent } from '../runtime/protocol';
import { eventLine } from './report';

/** Most milliseconds without a line. */
const SILENCE = 10_000;
/** Events are folded at the latest when as many wait. */
const MOST_WAITING = 1000;

export class ProgressLines {
  private steps: number;
  private last: number;
  private experiment = EMPTY_EXPERIMENT;
  private waiting: WorkerEvent[] = [];
  private stage: StageSoFar | null = null;
  /** What was done last. */
  private arm: { readonly id: string; readonly step: number } | null = null;

  /** @param steps of the recipe, until a run starts @param now milliseconds */
  constructor(
    steps: number,
    private readonly print: (line: string) => void,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.steps = steps;
    this.last = now();
  }

  /** Prints the event's own line, if it has one. */
  take(event: WorkerEvent): void {
    this.note(event);
    const line = eventLine(event, this.steps);
    if (line === null) this.tick();
    else this.say(line);
  }

  /** Prints how far the run is, if nothing was printed for long. Call it about every second. */
  tick(): void {
    if (this.now() - this.last < SILENCE) return;
    const line = this.line();
    if (line !== null) this.say(line);
  }

  private say(line: string): void {
    this.last = this.now();
    this.print(line);
  }

  private note(event: WorkerEvent): void {
    if (event.type === 'started') {
      // A grid's runs have recipes of their own.
      this.steps = event.record.spec.training.steps;
      this.arm = null;
    }
    if (event.type === 'progress') {
      this.stage = followStage(this.stage, event.progress, this.now());
    }
    if (event.type === 'step') {
      this.stage = null;
      this.arm = { id: event.arm, step: event.columns.step };
    }
    if (this.waiting.push(event) === MOST_WAITING) this.fold();
  }

  private fold(): void {
    this.experiment = foldEvents(this.experiment, this.waiting);
    this.waiting = [];
  }

  private line(): string | null {
    const { stage, arm } = this;
    if (stage !== null) return stageLine(stage, this.now());
    if (arm === null) return null;
    this.fold();
    const { record } = this.experiment;
    const left = record && timeLeft(record);
    return `${arm.id} ${arm.step}/${this.steps}${left === null ? '' : `  about ${duration(left)} left`}`;
  }
}

/** `features: Embedding 1,200 of 5,200 items, 40 s, about 133 s left` */
function stageLine(so: StageSoFar, now: number): string {
  const { stage, note, done, total, since } = so;
  const share = total > 0 ? `  ${Math.floor((100 * done) / total)} %` : '';
  const seconds = stageSecondsLeft(so, now);
  const left = seconds === null ? '' : `, about ${duration(seconds)} left`;
  return `${stage}: ${note}${share}  for ${duration((now - since) / 1000)}${left}`;
}

function duration(seconds: number): string {
  return seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}
