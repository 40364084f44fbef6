/**
 * Owns the training worker: one connection at a time, whose events reach the page at most once per frame,
 * steady ones less often if drawing is slow, and always before an answer that followed them.
 */
import { connect, QuestionFailed, type Connection, type Remotes } from '../../../runtime/rpc/connect';
import { isCalledOff } from '../../../runtime/rpc/messages';
import type { Failure } from '../../../runtime/failure';
import type { TrainingServices, WorkerEvent } from '../../../runtime/protocol';
import { t } from '../../../words/words';

export type Services = Remotes<TrainingServices>;

export interface TrainingLink {
  /** The worker's services; the worker is started at the first call. */
  readonly services: () => Services;
  /** Terminates the worker and starts another one. Open questions fail. */
  readonly renew: () => void;
  /** Terminates the worker, whatever it is doing, and discards its pending events. Open questions fail. */
  readonly end: () => void;
  readonly dispose: () => void;
}

export interface LinkEnds {
  /** Tells a new worker what it must know before anything else. */
  readonly introduce: (services: Services) => void;
  /** Receives events, a batch at a time. */
  readonly take: (events: readonly WorkerEvent[]) => void;
  /** Called when the worker is gone. */
  readonly gone: () => void;
}

/** Milliseconds between batches if no frames are drawn, as in hidden tabs. */
const HIDDEN_INTERVAL = 250;
/**
 * Maximum share of the page's time for drawing steady events: on a software adapter the cores that draw also
 * train.
 */
const DRAWING_SHARE = 0.1;
/** Maximum milliseconds that steady events wait. */
const LONGEST_WAIT = 1000;
/** Events that the next one of their kind makes obsolete. */
const STEADY: ReadonlySet<WorkerEvent['type']> = new Set(['step', 'progress']);

/** Failure of questions to a worker that the page terminated itself. */
export const RENEWED: Failure = {
  code: 'internal',
  get message() {
    return t('The worker was restarted.');
  },
  get advice() {
    return t('Try again.');
  },
  detail: 'The page stopped the worker.',
};

export function linkTraining(createWorker: () => Worker, { introduce, take, gone }: LinkEnds): TrainingLink {
  let open: { readonly worker: Worker; readonly connection: Connection<TrainingServices, Failure> } | null = null;
  let waiting: WorkerEvent[] = [];
  let scheduled = false;
  /** Runs while only steady events wait and the last drawing was recent. */
  let resting: ReturnType<typeof setTimeout> | undefined;
  /** On the clock of `performance.now()`. */
  let restUntil = 0;

  function services(): Services {
    if (open === null) {
      const worker = createWorker();
      const connection = connect<TrainingServices, Failure>(worker, { onEvent: wait, beforeEnd: deliver });
      worker.onerror = (event) => {
        event.preventDefault();
        const failure = workerFailure(event);
        wait({ type: 'failed', failure });
        end(failure);
      };
      open = { worker, connection };
      introduce(connection.services);
    }
    return open.connection.services;
  }

  function end(failure: Failure): void {
    open?.worker.terminate();
    open?.connection.close(failure);
    open = null;
    gone();
  }

  function wait(event: WorkerEvent): void {
    waiting.push(event);
    if (scheduled) return;
    const rest = STEADY.has(event.type) ? restUntil - performance.now() : 0;
    if (rest <= 0) schedule();
    else resting ??= setTimeout(schedule, rest);
  }

  function schedule(): void {
    clearTimeout(resting);
    resting = undefined;
    scheduled = true;
    if (document.hidden) setTimeout(deliver, HIDDEN_INTERVAL);
    else requestAnimationFrame(deliver);
  }

  /** A requested frame is not drawn once the tab is hidden. */
  function deliverHidden(): void {
    if (document.hidden && scheduled) setTimeout(deliver, HIDDEN_INTERVAL);
  }

  function deliver(): void {
    scheduled = false;
    if (waiting.length === 0) return;
    const events = waiting;
    waiting = [];
    const began = performance.now();
    take(events);
    // Runs after the frame that shows them.
    setTimeout(() => {
      const ended = performance.now();
      restUntil = ended + Math.min(LONGEST_WAIT, (ended - began) * (1 / DRAWING_SHARE - 1));
    });
  }

  document.addEventListener('visibilitychange', deliverHidden);
  return {
    services,
    renew: () => {
      end(RENEWED);
      services();
    },
    end: () => {
      deliver();
      end(RENEWED);
    },
    dispose: () => {
      document.removeEventListener('visibilitychange', deliverHidden);
      end(RENEWED);
    },
  };
}

/**
 * Why a question was not answered; null when it was cancelled.
 * @throws the error itself if it is not a worker's answer
 */
export function unansweredFor(error: unknown): Failure | null {
  if (isCalledOff(error)) return null;
  if (error instanceof QuestionFailed) return error.failure as Failure;
  throw error;
}

function workerFailure(event: Event): Failure {
  // A script that cannot be loaded reports a plain Event without a message.
  const detail =
    event instanceof ErrorEvent
      ? `${event.message}\n${event.filename}:${event.lineno}:${event.colno}`
      : 'The worker script could not be loaded.';
  return {
    code: 'internal',
    message: t('The training worker stopped with an error.'),
    advice: t('Copy the details into an issue; Run starts a fresh worker. What was measured is still on the page.'),
    detail,
  };
}
