/** Owns the intake workers, one per drop: the one on screen, and the one whose log is in use. */
import { t } from '../../../words/words';
import type { TitleTrial } from '../../../log/audit/titleTrials';
import { followRows } from '../../../log/intake/followRows';
import type { TextSyntax } from '../../../log/records/syntax';
import type { LogFilters, LogRecipe, SourceMapping, SplitRecipe } from '../../../recipe/logRecipe';
import { sameValue } from '../../../recipe/specPath';
import type { HubPlace } from '../../../model/source/httpSource';
import { fetchSiteLog } from '../../../files/fetchSiteLog';
import { describeIssue } from '../../../log/issues';
import type { SiteLog } from '../../../log/siteLogs';
import type {
  DatasetListing,
  InspectedDataset,
  InspectedFiles,
  IntakeFailure,
  IntakeServices,
  PictureProgress,
  PicturesFound,
} from '../../../runtime/intakeProtocol';
import { connect, QuestionFailed, type Connection } from '../../../runtime/rpc/connect';
import { Latest } from '../../../runtime/rpc/latest';
import { isCalledOff } from '../../../runtime/rpc/messages';
import { SPOKEN_ENGLISH, type Spoken } from '../../../words/languages';
import { useLanguage } from '../kept/language';
import { setField } from '../recipe/recipe';
import {
  EMPTY_INTAKE,
  foldIntake,
  isRead,
  isReadable,
  recipeOf,
  useIntake,
  type Intake,
  type IntakeEvent,
  type Step,
} from './intakeState';
import { forgetMapping, rememberedMappings, rememberMapping } from '../kept/remembered';

export interface IntakeSession {
  /** Shows the dialog for files. The loaded log is kept until the new one is used. */
  readonly open: (files: readonly File[]) => void;
  /** Contents of a dataset on a hub whose host has been approved. @throws QuestionFailed of an `IntakeFailure` */
  readonly listDataset: (place: HubPlace) => Promise<DatasetListing>;
  /** Downloads files of a dataset and shows the dialog for them. */
  readonly openDataset: (place: HubPlace, paths: readonly string[]) => void;
  /** Uses files as a log with its earlier recipe, without asking. */
  readonly restore: (files: readonly File[], recipe: LogRecipe) => void;
  /** Fetches a log of the site, and uses it with its recipe, without asking. */
  readonly openSite: (log: SiteLog) => void;
  /** Shows the dialog of the log in use again. */
  readonly reopen: () => void;
  /** Closes the dialog; files that did not become a log are discarded. */
  readonly close: () => void;
  readonly goTo: (step: Step) => void;
  readonly changeMapping: (source: number, change: Partial<SourceMapping>) => void;
  /** Makes a source's rows follow those of another one, or of none. */
  readonly followRows: (source: number, leader: string | null) => void;
  /** Asks for the items of a source's first rows. */
  readonly askRowItems: (leader: string) => void;
  /** Inspects a source again, with the syntax that the user chose or as guessed. */
  readonly lookAgain: (source: number, syntax?: TextSyntax) => void;
  /** Forgets how the columns were mapped before, and guesses again. */
  readonly forget: (source: number) => void;
  /** Titles of the log on screen, for testing a model; null if it has not been read. */
  readonly titleTrials: () => Promise<readonly TitleTrial[] | null>;
  /** Which items of the log on screen have pictures; null if it has not been read. */
  readonly findPictures: () => Promise<PicturesFound | null>;
  /** Makes visual features from its pictures; returns what went wrong, null if nothing did or it was stopped. */
  readonly embedPictures: (
    asked: Omit<Parameters<IntakeServices['pictures']['embed']>[0], 'recipe'>,
    options: { readonly signal: AbortSignal; readonly onPart: (progress: PictureProgress) => void },
  ) => Promise<string | null>;
  readonly cancelReading: () => void;
  readonly changeFilters: (change: Partial<LogFilters>) => void;
  readonly changeSplit: (split: SplitRecipe) => void;
  /** Hands the log over to training. */
  readonly use: () => void;
  /** Hands the log in use over again, to a new training worker. */
  readonly resend: () => void;
  readonly dispose: () => void;
}

/** A worker that has inspected files. */
interface Reader extends Connection<IntakeServices, IntakeFailure> {
  readonly worker: Worker;
  /** The files that it inspects; empty until they have been downloaded. */
  files: readonly File[];
  readonly readings: Latest;
  readonly surveys: Latest;
}

interface Accepted {
  readonly reader: Reader;
  readonly intake: Intake;
  readonly recipe: LogRecipe;
}

/** @param connectTraining requests a port to the training worker, and passes it to the callback, which rejects if no log follows */
export function startIntake(
  createWorker: () => Worker,
  connectTraining: (write: (port: MessagePort) => Promise<unknown>) => void,
): IntakeSession {
  let reader: Reader | null = null;
  let accepted: Accepted | null = null;
  /** The recipe with which to read the files on screen, until they have been read. */
  let wanted: LogRecipe | null = null;
  /** The files of the site that are on their way. */
  let fetching: AbortController | null = null;

  const state = (): Intake => useIntake.getState();

  function take(event: IntakeEvent): void {
    useIntake.setState(foldIntake(state(), event));
  }

  function openReader(files: readonly File[] = []): Reader {
    const worker = createWorker();
    const fresh = { worker, ...connect<IntakeServices, IntakeFailure>(worker, { onEvent: () => undefined }) };
    const opened: Reader = { ...fresh, files, readings: new Latest(), surveys: new Latest() };
    const { spoken } = useLanguage.getState();
    if (spoken !== SPOKEN_ENGLISH) tell(opened, spoken);
    worker.onerror = (event) => {
      event.preventDefault();
      if (opened === accepted?.reader) accepted = null;
      const message = event.message === '' ? t('The script could not be loaded, or memory ran out.') : event.message;
      if (opened === reader) fail(message);
      else opened.close({ message, issues: [], broken: true });
    };
    return opened;
  }

  /** A reader that fails says so itself. */
  function tell(reading: Reader, spoken: Spoken): void {
    reading.services.words.speak(spoken).catch(() => undefined);
  }

  const stopLanguage = useLanguage.subscribe(({ spoken }) => {
    for (const reading of new Set([reader, accepted?.reader])) if (reading) tell(reading, spoken);
  });

  function end(ended: Reader | null | undefined): void {
    ended?.worker.terminate();
    ended?.close({ message: t('The files were closed.'), issues: [], broken: false });
  }

  /** The answer of the reader on screen; null when the question was cancelled or refused, or other files are now on screen. */
  async function answer<T>(from: Reader, question: Promise<T>): Promise<T | null> {
    try {
      const answered = await question;
      return from === reader ? answered : null;
    } catch (error) {
      if (isCalledOff(error)) return null;
      if (!(error instanceof QuestionFailed)) throw error;
      if (from === reader) refuse(error.failure as IntakeFailure);
      return null;
    }
  }

  function refuse(failure: IntakeFailure): void {
    wanted = null;
    if (failure.broken) fail(failure.message);
    else take({ type: 'refused', ...failure });
  }

  async function inspect(from: Reader, question: Promise<InspectedFiles>): Promise<void> {
    const found = await answer(from, question);
    if (found === null) return;
    // Candidates or pictures dropped alone are added to the log in use.
    const log = accepted?.reader.files ?? [];
    if (log.length > 0 && from.files.length > 0 && found.sources.every(({ mapping: { part } }) => part === 'candidates')) {
      open([...log.filter(({ name }) => !from.files.some((file) => file.name === name)), ...from.files], null);
      return;
    }
    if (found.sources.length === 0) {
      refuse({ message: found.missing ?? '', issues: [], broken: false });
      return;
    }
    take({ type: 'inspected', ...found });
    if (wanted !== null) {
      useIntake.setState({ mappings: wanted.sources, missing: null });
      read();
      // If there is nothing to ask the user.
    } else if (state().sources.every(({ doubts }) => doubts.length === 0)) read();
  }

  function read(): void {
    if (reader === null || state().busy !== null || !isReadable(state()) || isRead(state())) return;
    useIntake.setState({ busy: 'reading', refusal: null, progress: null });
    void readWith(reader, state().mappings);
  }

  async function readWith(from: Reader, mappings: readonly SourceMapping[]): Promise<void> {
    const onPart = (progress: Parameters<typeof showProgress>[1]): void => {
      showProgress(from, progress);
    };
    const question = from.readings.ask((signal) => from.services.reading.read(mappings, { signal, onPart }));
    const found = await answer(from, question);
    if (found === null) {
      if (from === reader) take({ type: 'cancelled' });
      return;
    }
    take({ type: 'read', ...found });
    if (wanted !== null) useIntake.setState({ filters: wanted.filters, split: wanted.split });
    ask();
    // The recipe has visual features that the page made from pictures, which must be requested again.
    if (wanted?.pictures !== undefined) useIntake.setState({ step: 'report' });
    else if (wanted !== null) use();
    wanted = null;
  }

  function showProgress(from: Reader, progress: NonNullable<Intake['progress']>): void {
    if (from === reader) take({ type: 'reading', progress });
  }

  /** Asks what the recipe would keep. */
  function ask(): void {
    const recipe = recipeOf(state());
    if (reader === null || recipe === null) return;
    take({ type: 'asked' });
    void survey(reader, recipe);
  }

  async function survey(from: Reader, recipe: LogRecipe): Promise<void> {
    const onPart = (part: Extract<IntakeEvent, { type: 'kept' | 'found' }>): void => {
      if (from === reader) take(part);
    };
    const question = from.surveys.ask((signal) => from.services.reading.survey(recipe, { signal, onPart }));
    const split = await answer(from, question);
    if (split !== null) take({ type: 'split', ...split });
  }

  /** Sends a log from the worker that has it to the training worker; returns its name. */
  function handOver(from: Reader, recipe: LogRecipe): Promise<string> {
    return new Promise((resolve, reject) => {
      connectTraining((port) => {
        const handedOver = from.services.reading.handOver({ recipe, port }, { transfer: [port] });
        handedOver.then(resolve, reject);
        return handedOver;
      });
    });
  }

  function use(): void {
    const recipe = recipeOf(state());
    if (reader === null || recipe === null) return;
    useIntake.setState({ busy: 'handing-over', refusal: null });
    void useLog(reader, recipe);
  }

  async function useLog(from: Reader, recipe: LogRecipe): Promise<void> {
    const name = await answer(from, handOver(from, recipe));
    if (name === null) return;
    take({ type: 'handed-over', name });
    // A run that is started before the training worker has the log waits for it there.
    setField('data.id', name);
    accept(from, recipe);
  }

  function accept(from: Reader, recipe: LogRecipe): void {
    if (accepted !== null && accepted.reader !== from) end(accepted.reader);
    accepted = { reader: from, intake: state(), recipe };
    state().mappings.forEach((mapping, at) => {
      const guessed = state().sources[at]!.mapping;
      if (mapping.part !== guessed.part || mapping.timeUnit !== guessed.timeUnit || !sameValue(mapping.roles, guessed.roles)) {
        rememberMapping(mapping);
      }
    });
  }

  /** The worker died, usually for lack of memory, or can no longer be trusted. */
  function fail(detail: string): void {
    end(reader);
    reader = null;
    useIntake.setState({
      busy: null,
      progress: null,
      sources: [],
      mappings: [],
      readAs: null,
      refusal: {
        message: t('Reading stopped with an error. Open the files again, or fewer of them.'),
        issues: [{ file: state().files.join(', '), line: 0, message: detail }],
      },
    });
  }

  /** Puts the log in use on screen, as it was used. */
  function restore(open: boolean): void {
    fetching?.abort();
    if (reader !== accepted?.reader) end(reader);
    reader?.surveys.cancel();
    reader = accepted?.reader ?? null;
    wanted = null;
    useIntake.setState({ ...(accepted?.intake ?? EMPTY_INTAKE), open, pending: false });
  }

  function open(files: readonly File[], recipe: LogRecipe | null): void {
    restore(false);
    wanted = recipe;
    useIntake.setState({ ...EMPTY_INTAKE, open: true, busy: 'inspecting', files: files.map(({ name }) => name) });
    reader = openReader(files);
    void inspect(reader, reader.services.sources.inspect({ files, remembered: rememberedMappings() }));
  }

  function openDataset(place: HubPlace, paths: readonly string[]): void {
    restore(false);
    wanted = null;
    useIntake.setState({ ...EMPTY_INTAKE, open: true, busy: 'downloading', files: paths });
    const opened = openReader();
    reader = opened;
    const onPart = (progress: Parameters<typeof showProgress>[1]): void => {
      showProgress(opened, progress);
    };
    const asked = { place, paths, remembered: rememberedMappings() };
    void inspect(opened, downloaded(opened, opened.services.datasets.open(asked, { onPart })));
  }

  /** Keeps the files of a dataset with their reader, so that candidates dropped later can be added to them. */
  async function downloaded(into: Reader, question: Promise<InspectedDataset>): Promise<InspectedFiles> {
    const { files, ...found } = await question;
    into.files = files;
    return found;
  }

  async function openSite(log: SiteLog): Promise<void> {
    restore(false);
    useIntake.setState({ ...EMPTY_INTAKE, open: true, busy: 'downloading', files: [log.file] });
    reader = null;
    const { signal } = (fetching = new AbortController());
    try {
      const { files, recipe } = await fetchSiteLog(log, signal);
      signal.throwIfAborted();
      open(files, recipe);
    } catch (error) {
      if (!signal.aborted) refuse({ message: error instanceof Error ? error.message : String(error), issues: [], broken: false });
    }
  }

  async function listDataset(place: HubPlace): Promise<DatasetListing> {
    const asked = openReader();
    try {
      return await asked.services.datasets.list(place);
    } finally {
      end(asked);
    }
  }

  async function lookAgain(source: number, syntax?: TextSyntax): Promise<void> {
    if (reader === null) return;
    const seen = await answer(reader, reader.services.sources.lookAgain({ source, syntax }));
    if (seen !== null) take({ type: 'looked-again', source, seen });
  }

  async function embedPictures(
    ...[asked, { signal, onPart }]: Parameters<IntakeSession['embedPictures']>
  ): Promise<string | null> {
    const recipe = recipeOf(state());
    const from = reader;
    if (from === null || recipe === null || state().busy !== null) return null;
    useIntake.setState({ busy: 'embedding' });
    try {
      await from.services.pictures.embed({ recipe, ...asked }, { signal, onPart });
      return null;
    } catch (error) {
      if (isCalledOff(error)) return null;
      if (!(error instanceof QuestionFailed)) throw error;
      const { message, issues } = error.failure as IntakeFailure;
      return [message, ...issues.map(describeIssue)].join(' ');
    } finally {
      if (from === reader) {
        if (state().busy === 'embedding') useIntake.setState({ busy: null });
        ask();
      }
    }
  }

  async function askRowItems(leader: string): Promise<void> {
    if (reader === null) return;
    const items = await answer(reader, reader.services.sources.rowItems({ mappings: state().mappings, leader }));
    if (items !== null) take({ type: 'row-items', leader, items });
  }

  return {
    open: (files) => {
      open(files, null);
    },
    listDataset,
    openDataset,
    restore: open,
    openSite: (log) => void openSite(log),
    reopen: () => {
      restore(true);
      useIntake.setState({ step: 'filters' });
    },
    close: () => {
      // A log that is being handed over will arrive; this cannot be undone.
      if (state().busy !== 'handing-over') restore(false);
    },
    goTo: (step) => {
      useIntake.setState({ step });
      if (step !== 'files' && step !== 'columns') read();
    },
    changeMapping: (source, change) => {
      const mappings = state().mappings.map((mapping, at) => (at === source ? { ...mapping, ...change } : mapping));
      useIntake.setState({ mappings, refusal: null });
    },
    followRows: (source, leader) => {
      useIntake.setState({ mappings: followRows(state().mappings, source, leader), refusal: null });
    },
    askRowItems: (leader) => void askRowItems(leader),
    lookAgain: (source, syntax) => {
      useIntake.setState({ refusal: null });
      void lookAgain(source, syntax);
    },
    forget: (source) => {
      forgetMapping(state().mappings[source]!);
      void lookAgain(source);
    },
    titleTrials: async () => {
      const recipe = recipeOf(state());
      return reader === null || recipe === null ? null : answer(reader, reader.services.reading.titles(recipe));
    },
    findPictures: async () => {
      const recipe = recipeOf(state());
      return reader === null || recipe === null ? null : answer(reader, reader.services.pictures.find(recipe));
    },
    embedPictures,
    cancelReading: () => reader?.readings.cancel(),
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
      // Failure to send a log again is not reported: the next run says that it is not open.
      if (accepted !== null) handOver(accepted.reader, accepted.recipe).catch(() => undefined);
    },
    dispose: () => {
      fetching?.abort();
      stopLanguage();
      end(reader);
      end(accepted?.reader);
    },
  };
}
