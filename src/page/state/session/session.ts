/** The page's communication with its workers: the run, and other questions. */
import type { RunSpec } from '../../../recipe/runSpec';
import { withoutApi, type Failure } from '../../../runtime/failure';
import { foldEvents, isBusy, unanswered, type Experiment } from '../../../runtime/experimentState';
import type { RunWait, WorkerEvent } from '../../../runtime/protocol';
import { Latest } from '../../../runtime/rpc/latest';
import { unlessSilent } from '../../../storage/silence';
import { SPOKEN_ENGLISH } from '../../../words/languages';
import { SAMPLE_LOG } from '../../../log/sampleLog';
import { IntakeSession } from './intakeSession';
import { followHubs, useHubs } from '../kept/hubs';
import { startModels, type ModelSession } from './modelSession';
import { setOpening } from '../opening/openingState';
import { startPreviews, type AskPreview } from './previewState';
import { useExperiment } from '../run/experiment';
import { startInspection, type InspectionSession } from './inspection';
import { startOperations, type OperationSession } from './operations';
import { useKeptRun } from '../run/keptRun';
import { useLanguage } from '../kept/language';
import { useProfiling } from '../run/profiling';
import { suitLog, useRecipe } from '../recipe/recipe';
import { joinTabs, useTabs } from '../run/tabs';
import { startTexts, type TextSession } from './texts';
import { linkTraining, RENEWED, unansweredFor, type Services } from '../run/trainingLink';
import { lookAt, lookAtBase, lookOn } from '../view/view';
import { t } from '../../../words/words';

/**
 * Without the API the worker would say the same a second later, when the notice would push the figure down.
 */
function deviceBeforeAsked(): Experiment['device'] {
  if ('gpu' in navigator) return { state: 'probing' };
  return { state: 'missing', failure: withoutApi() };
}

export interface Session {
  /** The training worker's services. Questions reject as `connect` says. */
  readonly services: () => Services;
  /** Asks the training worker; null if it did not answer, of which the page then says why. */
  readonly ask: <Answer>(question: (services: Services) => Promise<Answer>) => Promise<Answer | null>;
  readonly run: (spec: RunSpec) => void;
  /** Resumes the interrupted run if it is of this recipe; else runs the recipe from its first step. */
  readonly goOn: (spec: RunSpec) => void;
  /**
   * A run of this tab, named by its `createdAt`, has ended. Once it is stored its checkpoint is deleted, and
   * other tabs may train.
   */
  readonly ended: (run: string, stored: Promise<boolean>) => void;
  /** Opens the stored log of that name from an earlier visit; does nothing if there is none. */
  readonly restoreLog: (id: string) => void;
  /** Resolves when no log is in transfer to the worker: it is then the experiment's, or did not arrive. */
  readonly logArrived: () => Promise<void>;
  /** Discards the interrupted run. */
  readonly dropKept: () => void;
  readonly pause: () => void;
  readonly resume: () => void;
  /** One step of every arm; starts the run first if there is none. */
  readonly step: (spec: RunSpec) => void;
  readonly stop: () => void;
  /**
   * Asks how much GPU memory a recipe would take, and how much time; the answers appear in the experiment's
   * `memory` and `time`.
   */
  readonly forecastMemory: (spec: RunSpec) => void;
  readonly previewTemplates: AskPreview;
  /** Switches the profiling of steps, from the next one on. */
  readonly profile: (on: boolean) => void;
  readonly texts: TextSession;
  readonly inspection: InspectionSession;
  readonly operations: OperationSession;
  /** Actions on the user's own models. */
  readonly models: ModelSession;
  /** Actions on the user's own logs. */
  readonly intake: IntakeSession;
  /** Looks for a GPU adapter, in a new worker. */
  readonly probe: () => void;
  readonly dispose: () => void;
}

const taken = (): Failure => ({
  code: 'spec',
  message: t('Another tab of this page is training.'),
  advice: t('Stop it there, or let it finish, then run here.'),
  detail: 'The lock on the run is held by another tab.',
});

/** Milliseconds within which a worker must answer *Stop* before it counts as hung and is terminated. */
export const STOP_WITHIN = 5000;

/** The same for one whose device is silent. */
export const STOP_WITHIN_SILENT = 1500;

/** Milliseconds that a worker which has answered may still take: a software adapter's queue can take long. */
export const STOP_WITHIN_ANSWERED = 60_000;

/** The run on the page belongs to another tab, where it is paused, stopped and stepped. */
function watching(): boolean {
  return useTabs.getState().watching;
}

/** @param createWorker the training worker @param createIntakeWorker a worker for each log that is opened */
export function startSession(createWorker: () => Worker, createIntakeWorker: () => Worker): Session {
  let stepWhenReady = false;
  let arriving: Promise<void> = Promise.resolve();
  let stopping: ReturnType<typeof setTimeout> | undefined;
  /** The run that waits for the lock, if any. */
  let unclaimed: object | null = null;
  /** The requested log from an earlier visit. */
  let restored: string | null = null;
  /** Resolves when nothing has to be done any more for the runs that have ended. */
  let settled: Promise<void> = Promise.resolve();
  const forecasts = new Latest();
  const link = linkTraining(createWorker, {
    introduce,
    take,
    gone: () => {
      useExperiment.setState({ trained: [] });
    },
  });
  const { services } = link;
  const tabs = joinTabs(() => void attempt(lookForKept(services())));
  const intake = new IntakeSession(createIntakeWorker, takeLog);
  const models = startModels(services, report);

  const stopHubs = useHubs.subscribe(({ agreed }) => void attempt(services().models.agree(agreed)));
  const stopFollowing = followHubs();
  const stopLanguage = useLanguage.subscribe(({ spoken }) => void attempt(services().words.speak(spoken)));

  function report(failure: Failure): void {
    useExperiment.setState((experiment) => unanswered(experiment, failure));
  }

  async function ask<Answer>(question: (services: Services) => Promise<Answer>): Promise<Answer | null> {
    try {
      return await question(services());
    } catch (error) {
      const failure = unansweredFor(error);
      // Nobody waits for the answers of a terminated worker.
      if (failure !== null && failure !== RENEWED) report(failure);
      return null;
    }
  }

  /** Reports why a question fails, if it does. */
  async function attempt(question: Promise<unknown>): Promise<void> {
    await ask(() => question);
  }

  /**
   * What every worker must know: the language, the page's URL, what was dropped on it, whether to profile.
   */
  function introduce(fresh: Services): void {
    useExperiment.setState({ device: deviceBeforeAsked() });
    const { spoken } = useLanguage.getState();
    if (spoken !== SPOKEN_ENGLISH) void attempt(fresh.words.speak(spoken));
    void attempt(fresh.device.open(new URL(import.meta.env.BASE_URL, document.baseURI).href));
    void attempt(fresh.models.agree(useHubs.getState().agreed));
    void attempt(lookForKept(fresh));
    if (useProfiling.getState().on) void attempt(fresh.run.profile(true));
    models.resend(fresh);
    intake.resend();
    if (restored !== null && restored === useRecipe.getState().draft.data.id) arriving = attempt(fresh.logs.restore(restored));
  }

  /**
   * Terminates the worker of a run that does not end by itself, though it answers, and says what the run was
   * waiting for.
   */
  async function endSlowRun(): Promise<void> {
    const deadline = setTimeout(endRun, STOP_WITHIN, STOP_WITHIN_ANSWERED);
    stopping = deadline;
    const waits = await services()
      .run.waitsFor()
      .catch(() => null);
    if (stopping !== deadline) return;
    clearTimeout(deadline);
    endRun(STOP_WITHIN_ANSWERED, waits);
  }

  /**
   * Terminates the worker of a run that does not end by itself. What was measured and stored is kept; its
   * last checkpoint is offered.
   */
  function endRun(within: number, waits: RunWait | null = null): void {
    if (watching() || !isBusy(useExperiment.getState().phase)) return;
    link.end();
    take([
      { type: 'silence', silence: null },
      { type: 'phase', phase: 'stopped' },
    ]);
    setOpening({
      problem: [
        t(
          'The run did not stop within {seconds} s, so its worker was ended and started again. What was measured stays; its adapters are not here.',
          { seconds: within / 1000 },
        ),
        waits ? waitWords(waits) : '',
      ]
        .join(' ')
        .trim(),
    });
    services();
  }

  /** Connects the intake, which writes to the port until it is done or gives up, with the training worker. */
  function takeLog(write: (port: MessagePort) => Promise<unknown>): void {
    const { port1, port2 } = new MessageChannel();
    const givenUp = new AbortController();
    arriving = attempt(services().logs.take(port2, { transfer: [port2], signal: givenUp.signal }));
    write(port1).catch(() => {
      givenUp.abort();
    });
  }

  function take(events: readonly WorkerEvent[]): void {
    const before = useExperiment.getState().log;
    useExperiment.setState(foldEvents(useExperiment.getState(), events));
    const { log } = useExperiment.getState();
    if (log !== null && log !== before) suitLog(before?.summary ?? null, log.summary);
    tabs.tell(events);
    for (const event of events) react(event);
    // The final event of a run, unless another follows at once, releases the lock.
    if (!isBusy(useExperiment.getState().phase)) {
      clearTimeout(stopping);
      stopping = undefined;
      void settled.then(() => {
        if (!isBusy(useExperiment.getState().phase)) tabs.release();
      });
    } else if (!watching()) void tabs.claim();
  }

  function react(event: WorkerEvent): void {
    if (event.type === 'base' && useExperiment.getState().beginning !== null) lookAtBase(event.of);
    if (event.type === 'started') lookAt(event.record);
    if (event.type === 'evaluation') followRun();
    if (event.type === 'log-kept') models.relist();
    if (event.type === 'phase' && event.phase === 'paused' && stepWhenReady) {
      stepWhenReady = false;
      void attempt(services().run.step());
    }
    if (event.type === 'silence' && event.silence !== null && stopping !== undefined) {
      // What the user waits for will not come.
      clearTimeout(stopping);
      stopping = setTimeout(endRun, STOP_WITHIN_SILENT, STOP_WITHIN_SILENT);
    }
    if (event.type === 'failed') stepWhenReady = false;
  }

  function start(spec: RunSpec, paused: boolean, resume = false): void {
    useExperiment.setState({
      phase: 'preparing',
      stage: null,
      stages: [],
      beginning: { spec },
      failure: null,
      certification: null,
      checkpoint: null,
      recovered: null,
      silence: null,
    });
    useKeptRun.setState({ kept: null });
    void claimAndStart(spec, paused, resume);
  }

  /** One tab trains at a time. The run's errors, like its end, are reported as events. */
  async function claimAndStart(spec: RunSpec, paused: boolean, resume: boolean): Promise<void> {
    const own = {};
    unclaimed = own;
    const claimed = await tabs.claim();
    // Stopped, or replaced by another run.
    if (unclaimed !== own) return;
    unclaimed = null;
    if (!claimed) {
      useExperiment.setState(({ ended }) => ({ phase: 'failed', beginning: null, ended: ended + 1, failure: taken() }));
      return;
    }
    tabs.tell([{ type: 'phase', phase: 'preparing' }]);
    await services().run.start({ spec, paused, resume }).catch(unansweredFor);
  }

  /** The log that is open in the worker, or comes from the intake, is left alone. */
  function restoreLog(id: string): void {
    restored = id;
    arriving = attempt(services().logs.restore(id));
  }

  async function lookForKept(fresh: Services): Promise<void> {
    const kept = (await tabs.taken()) ? null : await fresh.run.kept();
    if (!isBusy(useExperiment.getState().phase)) useKeptRun.setState({ kept });
  }

  /**
   * Once all arms are measured at a step, what they differ in most is looked at, unless the reader looks at
   * something else.
   */
  function followRun(): void {
    const { record, source } = useExperiment.getState();
    if (record === null || source !== 'live') return;
    const steps = record.arms.map((arm) => arm.evaluations.at(-1)?.step);
    if (steps.every((step) => step === steps[0])) lookOn(record);
  }

  /** The page may be closed at any moment; browsers only announce that it is hidden. */
  function keepNow(): void {
    if (!watching() && isBusy(useExperiment.getState().phase)) void attempt(services().run.keep());
  }

  function keepHidden(): void {
    if (document.hidden) keepNow();
  }

  /** Asks before the page is closed only if something would be lost: a running, unsaved training. */
  function guard(event: BeforeUnloadEvent): void {
    const { phase, checkpoint } = useExperiment.getState();
    if (!watching() && (phase === 'running' || phase === 'paused') && checkpoint?.problem !== null) event.preventDefault();
  }

  document.addEventListener('visibilitychange', keepHidden);
  addEventListener('beforeunload', guard);
  addEventListener('pagehide', keepNow);

  return {
    services,
    ask,
    run: (spec) => {
      start(spec, false);
    },
    goOn: (spec) => {
      // The page may have been opened with a link, which brings the sample.
      const { id } = spec.data;
      if (id !== SAMPLE_LOG.id && useExperiment.getState().log?.summary.id !== id) restoreLog(id);
      start(spec, false, true);
    },
    ended: (run, stored) => {
      const release = async (): Promise<void> => {
        if (await stored) await unlessSilent(attempt(services().run.release(run))).catch(() => undefined);
      };
      settled = settled.then(release);
    },
    restoreLog,
    logArrived: () => arriving,
    dropKept: () => {
      useKeptRun.setState({ kept: null });
      void attempt(services().run.drop());
    },
    pause: () => {
      if (!watching()) void attempt(services().run.pause());
    },
    resume: () => {
      if (!watching()) void attempt(services().run.resume());
    },
    step: (spec) => {
      if (watching()) return;
      if (isBusy(useExperiment.getState().phase)) {
        void attempt(services().run.step());
      } else {
        stepWhenReady = true;
        start(spec, true);
      }
    },
    profile: (on) => {
      useProfiling.setState({ on });
      void attempt(services().run.profile(on));
    },
    stop: () => {
      if (watching()) return;
      stepWhenReady = false;
      clearTimeout(stopping);
      if (unclaimed !== null) {
        unclaimed = null;
        take([{ type: 'phase', phase: 'stopped' }]);
        return;
      }
      const silent = useExperiment.getState().silence !== null;
      const within = silent ? STOP_WITHIN_SILENT : STOP_WITHIN;
      const deadline = setTimeout(endRun, within, within);
      stopping = deadline;
      void attempt(services().run.stop()).then(() => {
        // The run has ended, the worker was terminated, or Stop was pressed again. A silent device will not
        // finish.
        if (stopping !== deadline || silent) return;
        clearTimeout(deadline);
        stopping = setTimeout(() => void endSlowRun(), STOP_WITHIN_ANSWERED);
      });
    },
    forecastMemory: (spec) => {
      useExperiment.setState(({ time }) => ({ time: time ?? 'coming' }));
      void attempt(
        forecasts
          .ask((signal) => services().memory.forecast(spec, { signal }))
          .then((memory) => {
            if (memory === null) return null;
            // What was told of the recipe before stays until its own time is known.
            useExperiment.setState(({ time }) => ({ memory, time: memory.problem === null ? (time ?? 'coming') : null }));
            if (memory.problem !== null) return null;
            return forecasts.ask(async (signal) => ({ time: await services().memory.time(spec, { signal }) }));
          })
          .then((told) => {
            // Null if a later question has been asked.
            if (told !== null) useExperiment.setState(told);
          }),
      );
    },
    previewTemplates: startPreviews(services),
    texts: startTexts(services),
    inspection: startInspection(services),
    operations: startOperations(services),
    models,
    intake,
    probe: link.renew,
    dispose: () => {
      document.removeEventListener('visibilitychange', keepHidden);
      removeEventListener('pagehide', keepNow);
      removeEventListener('beforeunload', guard);
      clearTimeout(stopping);
      stopHubs();
      stopFollowing();
      stopLanguage();
      intake.dispose();
      tabs.dispose();
      link.dispose();
    },
  };
}

/** What a run that did not stop was waiting for, for those who look for the reason. */
function waitWords({ step, checkpoint, gpu }: RunWait): string {
  if (checkpoint !== null)
    return step === null
      ? t('It had taken no step, and it was {doing, select, reading {reading} other {writing}} its checkpoint.', {
          doing: checkpoint,
        })
      : t(
          'Its last step was step {step} of {arm}, and it was {doing, select, reading {reading} other {writing}} its checkpoint.',
          { ...step, doing: checkpoint },
        );
  return step === null
    ? t('It had taken no step, and the GPU had not answered {reads} of its reads and {scopes} of its checks.', { ...gpu })
    : t('Its last step was step {step} of {arm}, and the GPU had not answered {reads} of its reads and {scopes} of its checks.', {
        ...step,
        ...gpu,
      });
}
