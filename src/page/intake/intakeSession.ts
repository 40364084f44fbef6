/** Owns the intake workers, one a drop: the one on screen, and the one whose log is in use. */
import { followRows } from '../../log/intake/followRows';
import type { TextSyntax } from '../../log/records/syntax';
import type { LogFilters, LogRecipe, SourceMapping, SplitRecipe } from '../../recipe/logRecipe';
import { sameValue } from '../../recipe/specPath';
import type { IntakeCommand, IntakeEvent } from '../../runtime/intakeProtocol';
import { setField } from '../state/recipe';
import { EMPTY_INTAKE, foldIntake, isRead, isReadable, recipeOf, useIntake, type Intake, type Step } from './intakeState';
import { forgetMapping, rememberedMappings, rememberMapping } from './remembered';

export interface IntakeSession {
  /** Shows the dialog for files. What is loaded stays until the new log is used. */
  readonly open: (files: readonly File[]) => void;
  /** Takes files as a log with the recipe that it had, without asking. */
  readonly restore: (files: readonly File[], recipe: LogRecipe) => void;
  /** Shows the dialog of the log in use again. */
  readonly reopen: () => void;
  /** Closes the dialog; files that did not become a log are let go. */
  readonly close: () => void;
  readonly goTo: (step: Step) => void;
  readonly changeMapping: (source: number, change: Partial<SourceMapping>) => void;
  /** Has a source's rows be those of another one, or of none. */
  readonly followRows: (source: number, leader: string | null) => void;
  /** Asks which items the first rows of a source are. */
  readonly askRowItems: (leader: string) => void;
  /** Looks into a source again, written as the person says, or as guessed. */
  readonly lookAgain: (source: number, syntax?: TextSyntax) => void;
  /** Forgets how the columns were mapped before, and guesses anew. */
  readonly forget: (source: number) => void;
  readonly cancelReading: () => void;
  readonly changeFilters: (change: Partial<LogFilters>) => void;
  readonly changeSplit: (split: SplitRecipe) => void;
  /** Hands the log over to training. */
  readonly use: () => void;
  /** Hands the log in use over once more, to a fresh training worker. */
  readonly resend: () => void;
  readonly dispose: () => void;
}

interface Accepted {
  readonly worker: Worker;
  readonly intake: Intake;
  readonly recipe: LogRecipe;
}

/** @param connect asks for a port into the training worker, and gives it to the callback */
export function startIntake(createWorker: () => Worker, connect: (write: (port: MessagePort) => void) => void): IntakeSession {
  let worker: Worker | null = null;
  let accepted: Accepted | null = null;
  /** The recipe that the files on screen are to be read with, until they are. */
  let wanted: LogRecipe | null = null;

  const state = (): Intake => useIntake.getState();

  function send(to: Worker, command: IntakeCommand, transfer: Transferable[] = []): void {
    to.postMessage(command, transfer);
  }

  function start(files: readonly File[]): void {
    const fresh = createWorker();
    fresh.onmessage = ({ data }: MessageEvent<IntakeEvent>) => {
      if (fresh === worker) take(data);
    };
    fresh.onerror = (event) => {
      event.preventDefault();
      if (fresh === accepted?.worker) accepted = null;
      if (fresh === worker) fail(event);
    };
    worker = fresh;
    send(fresh, { type: 'inspect', files, remembered: rememberedMappings() });
  }

  function take(event: IntakeEvent): void {
    const using = state().busy === 'handing-over';
    useIntake.setState(foldIntake(state(), event));
    if (event.type === 'inspected') {
      if (wanted === null) readWhenClear();
      else {
        useIntake.setState({ mappings: wanted.sources, missing: null });
        read();
      }
    }
    if (event.type === 'read') {
      if (wanted !== null) useIntake.setState({ filters: wanted.filters, split: wanted.split });
      ask();
      if (wanted !== null) use();
      wanted = null;
    }
    if (event.type === 'refused') wanted = null;
    if (event.type === 'handed-over' && using) {
      // A run that is started before the training worker has the log waits for it there.
      setField('data.id', event.name);
      accept();
    }
  }

  /** Reads at once where there is nothing to ask the person. */
  function readWhenClear(): void {
    if (state().sources.every(({ doubts }) => doubts.length === 0)) read();
  }

  function read(): void {
    const { mappings, busy } = state();
    if (worker === null || busy !== null || !isReadable(state()) || isRead(state())) return;
    useIntake.setState({ busy: 'reading', refusal: null, progress: null });
    send(worker, { type: 'read', mappings });
  }

  /** Asks what the recipe would keep. */
  function ask(): void {
    const recipe = recipeOf(state());
    if (worker === null || recipe === null) return;
    const question = state().question + 1;
    useIntake.setState({ question });
    send(worker, { type: 'survey', recipe, question });
  }

  /** Sends a log from the worker that has it to the training worker. */
  function handOver(from: Worker, recipe: LogRecipe): void {
    connect((port) => {
      send(from, { type: 'hand-over', recipe, port }, [port]);
    });
  }

  function accept(): void {
    const recipe = recipeOf(state());
    if (worker === null || recipe === null) return;
    if (accepted !== null && accepted.worker !== worker) accepted.worker.terminate();
    accepted = { worker, intake: state(), recipe };
    state().mappings.forEach((mapping, at) => {
      const guessed = state().sources[at]!.mapping;
      if (mapping.part !== guessed.part || mapping.timeUnit !== guessed.timeUnit || !sameValue(mapping.roles, guessed.roles)) {
        rememberMapping(mapping);
      }
    });
  }

  /** The worker died: mostly for want of memory. */
  function fail(event: ErrorEvent): void {
    const detail = event.message === '' ? 'The script could not be loaded, or memory ran out.' : event.message;
    worker?.terminate();
    worker = null;
    useIntake.setState({
      busy: null,
      progress: null,
      sources: [],
      mappings: [],
      readAs: null,
      refusal: {
        message: 'The reading stopped with an error. Open the files again, or fewer of them.',
        issues: [{ file: state().files.join(', '), line: 0, message: detail }],
      },
    });
  }

  /** Puts the log in use on screen, as it was used. */
  function restore(open: boolean): void {
    if (worker !== null && worker !== accepted?.worker) worker.terminate();
    worker = accepted?.worker ?? null;
    wanted = null;
    // Questions go on being counted, so that a late answer is none to a new one.
    const question = Math.max(state().question, accepted?.intake.question ?? 0);
    useIntake.setState({ ...(accepted?.intake ?? EMPTY_INTAKE), open, question, answered: question });
  }

  function use(): void {
    const recipe = recipeOf(state());
    if (worker === null || recipe === null) return;
    useIntake.setState({ busy: 'handing-over', refusal: null });
    handOver(worker, recipe);
  }

  function open(files: readonly File[], recipe: LogRecipe | null): void {
    restore(false);
    wanted = recipe;
    useIntake.setState({
      ...EMPTY_INTAKE,
      question: state().question,
      answered: state().question,
      open: true,
      busy: 'inspecting',
      files: files.map(({ name }) => name),
    });
    start(files);
  }

  return {
    open: (files) => {
      open(files, null);
    },
    restore: open,
    reopen: () => {
      restore(true);
      useIntake.setState({ step: 'filters' });
    },
    close: () => {
      // A log that is being handed over arrives; there is no way back.
      if (state().busy !== 'handing-over') restore(false);
    },
    goTo: (step) => {
      useIntake.setState({ step });
      if (step === 'report' || step === 'filters' || step === 'split') read();
    },
    changeMapping: (source, change) => {
      const mappings = state().mappings.map((mapping, at) => (at === source ? { ...mapping, ...change } : mapping));
      useIntake.setState({ mappings, refusal: null });
    },
    followRows: (source, leader) => {
      useIntake.setState({ mappings: followRows(state().mappings, source, leader), refusal: null });
    },
    askRowItems: (leader) => {
      if (worker !== null) send(worker, { type: 'row-items', mappings: state().mappings, leader });
    },
    lookAgain: (source, syntax) => {
      useIntake.setState({ refusal: null });
      if (worker !== null) send(worker, { type: 'look-again', source, syntax });
    },
    forget: (source) => {
      forgetMapping(state().mappings[source]!);
      if (worker !== null) send(worker, { type: 'look-again', source });
    },
    cancelReading: () => {
      if (worker !== null) send(worker, { type: 'cancel' });
    },
    changeFilters: (change) => {
      const { filters } = state();
      if (filters !== null) useIntake.setState({ filters: { ...filters, ...change } });
      ask();
    },
    changeSplit: (split) => {
      useIntake.setState({ split });
      ask();
    },
    use,
    resend: () => {
      if (accepted !== null) handOver(accepted.worker, accepted.recipe);
    },
    dispose: () => {
      worker?.terminate();
      accepted?.worker.terminate();
    },
  };
}
