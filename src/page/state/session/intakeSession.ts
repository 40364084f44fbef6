/** Owns the intake workers, one per drop: the one on screen, and the one whose log is in use. */
import { t } from '../../../words/words';
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
} from '../../../runtime/intakeProtocol';
import { QuestionFailed, type Remotes } from '../../../runtime/rpc/connect';
import { isCalledOff } from '../../../runtime/rpc/messages';
import { useLanguage } from '../kept/language';
import { setField } from '../recipe/recipe';
import { endReader, openReader, tellLanguage, type IntakeReader } from './intakeReader';
import {
  EMPTY_INTAKE,
  foldIntake,
  isRead,
  isReadable,
  recipeOf,
  useIntake,
  type IntakeState,
  type IntakeEvent,
  type IntakeStep,
} from './intakeState';
import { forgetMapping, rememberedMappings, rememberMapping } from '../kept/remembered';

/** The log in use. */
interface Accepted {
  readonly reader: IntakeReader;
  readonly intake: IntakeState;
  readonly recipe: LogRecipe;
}

function state(): IntakeState {
  return useIntake.getState();
}

function take(event: IntakeEvent): void {
  useIntake.setState(foldIntake(state(), event));
}

/** Remembers the mappings that the user changed. */
function rememberChanges({ mappings, sources }: IntakeState): void {
  mappings.forEach((mapping, at) => {
    const guessed = sources[at]!.mapping;
    const same =
      mapping.part === guessed.part && mapping.timeUnit === guessed.timeUnit && sameValue(mapping.roles, guessed.roles);
    if (!same) rememberMapping(mapping);
  });
}

/** Keeps the files of a dataset with their reader, so that candidates dropped later can be added to them. */
async function keepFiles(reader: IntakeReader, question: Promise<InspectedDataset>): Promise<InspectedFiles> {
  const { files, ...found } = await question;
  reader.files = files;
  return found;
}

/** The page's actions on a log's files. Their results are in `useIntake`. */
export class IntakeSession {
  #reader: IntakeReader | null = null;
  #accepted: Accepted | null = null;
  /** The recipe with which to read the files on screen, until they have been read. */
  #wanted: LogRecipe | null = null;
  /** The files of the site that are on their way. */
  #fetching: AbortController | null = null;
  readonly #stopLanguage: () => void;

  /** @param connectTraining gives `write` a port to the training worker; `write` rejects if no log follows */
  constructor(
    private readonly createWorker: () => Worker,
    private readonly connectTraining: (write: (port: MessagePort) => Promise<unknown>) => void,
  ) {
    this.#stopLanguage = useLanguage.subscribe(({ spoken }) => {
      for (const reader of new Set([this.#reader, this.#accepted?.reader])) if (reader) tellLanguage(reader, spoken);
    });
  }

  /** Shows the dialog for files. The loaded log is kept until the new one is used. */
  readonly open = (files: readonly File[]): void => {
    this.#openFiles(files, null);
  };

  /** Uses files as a log with its earlier recipe, without asking. */
  readonly restore = (files: readonly File[], recipe: LogRecipe): void => {
    this.#openFiles(files, recipe);
  };

  /** Lists a dataset on a hub whose host has been approved. @throws QuestionFailed of an `IntakeFailure` */
  readonly listDataset = async (place: HubPlace): Promise<DatasetListing> => {
    const reader = this.#openReader();
    try {
      return await reader.services.datasets.list(place);
    } finally {
      endReader(reader);
    }
  };

  /** Downloads files of a dataset and shows the dialog for them. */
  readonly openDataset = (place: HubPlace, paths: readonly string[]): void => {
    this.#putBack(false);
    useIntake.setState({ ...EMPTY_INTAKE, open: true, busy: 'downloading', files: paths });
    const reader = this.#openReader();
    this.#reader = reader;
    const asked = { place, paths, remembered: rememberedMappings() };
    const question = reader.services.datasets.open(asked, { onPart: this.#progressOf(reader) });
    void this.#inspect(reader, keepFiles(reader, question));
  };

  /** Fetches a log of the site, and uses it with its recipe, without asking. */
  readonly openSite = (log: SiteLog): void => void this.#fetchSite(log);

  /** Shows the dialog of the log in use again. */
  readonly reopen = (): void => {
    this.#putBack(true);
    useIntake.setState({ step: 'filters' });
  };

  /** Closes the dialog; files that did not become a log are discarded. */
  readonly close = (): void => {
    // A log that is being handed over will arrive; this cannot be undone.
    if (state().busy !== 'handing-over') this.#putBack(false);
  };

  readonly goTo = (step: IntakeStep): void => {
    useIntake.setState({ step });
    if (step !== 'files' && step !== 'columns') this.#read();
  };

  readonly changeMapping = (source: number, change: Partial<SourceMapping>): void => {
    const mappings = state().mappings.map((mapping, at) => (at === source ? { ...mapping, ...change } : mapping));
    useIntake.setState({ mappings, refusal: null });
  };

  /** Makes a source's rows follow those of another one, or of none. */
  readonly followRows = (source: number, leader: string | null): void => {
    useIntake.setState({ mappings: followRows(state().mappings, source, leader), refusal: null });
  };

  /** Asks for the items of a source's first rows. */
  readonly askRowItems = (leader: string): void => void this.#askRowItems(leader);

  /** Inspects a source again, with the syntax that the user chose or as guessed. */
  readonly lookAgain = (source: number, syntax?: TextSyntax): void => {
    useIntake.setState({ refusal: null });
    void this.#lookAgain(source, syntax);
  };

  /** Forgets how the columns were mapped before, and guesses again. */
  readonly forget = (source: number): void => {
    forgetMapping(state().mappings[source]!);
    void this.#lookAgain(source);
  };

  /**
   * Asks about the log on screen under its current recipe; null if it has not been read, or has no answer.
   */
  readonly ask = async <Answer>(
    question: (services: Remotes<IntakeServices>, recipe: LogRecipe) => Promise<Answer>,
  ): Promise<Answer | null> => {
    const recipe = recipeOf(state());
    return this.#reader === null || recipe === null ? null : this.#answer(this.#reader, question(this.#reader.services, recipe));
  };

  /** Makes visual features from the log's pictures; returns what went wrong, null if nothing or stopped. */
  readonly embedPictures = async (
    asked: Omit<Parameters<IntakeServices['pictures']['embed']>[0], 'recipe'>,
    options: { readonly signal: AbortSignal; readonly onPart: (progress: PictureProgress) => void },
  ): Promise<string | null> => {
    const recipe = recipeOf(state());
    const reader = this.#reader;
    if (reader === null || recipe === null || state().busy !== null) return null;
    useIntake.setState({ busy: 'embedding' });
    try {
      await reader.services.pictures.embed({ recipe, ...asked }, options);
      return null;
    } catch (error) {
      if (isCalledOff(error)) return null;
      if (!(error instanceof QuestionFailed)) throw error;
      const { message, issues } = error.failure as IntakeFailure;
      return [message, ...issues.map(describeIssue)].join(' ');
    } finally {
      if (reader === this.#reader) {
        if (state().busy === 'embedding') useIntake.setState({ busy: null });
        this.#survey();
      }
    }
  };

  readonly cancelReading = (): void => {
    this.#reader?.readings.cancel();
  };

  readonly changeFilters = (change: Partial<LogFilters>): void => {
    const { filters } = state();
    if (filters !== null) useIntake.setState({ filters: { ...filters, ...change } });
    this.#survey();
  };

  readonly changeSplit = (split: SplitRecipe): void => {
    useIntake.setState({ split });
    this.#survey();
  };

  /** Hands the log over to training. */
  readonly use = (): void => {
    const recipe = recipeOf(state());
    if (this.#reader === null || recipe === null) return;
    useIntake.setState({ busy: 'handing-over', refusal: null });
    void this.#useLog(this.#reader, recipe);
  };

  /** Hands the log in use over again, to a new training worker. */
  readonly resend = (): void => {
    // Failure to send a log again is not reported: the next run says that it is not open.
    if (this.#accepted !== null) this.#handOver(this.#accepted.reader, this.#accepted.recipe).catch(() => undefined);
  };

  readonly dispose = (): void => {
    this.#fetching?.abort();
    this.#stopLanguage();
    endReader(this.#reader);
    endReader(this.#accepted?.reader);
  };

  #openReader(files: readonly File[] = []): IntakeReader {
    return openReader(this.createWorker(), files, (reader, message) => {
      if (reader === this.#accepted?.reader) this.#accepted = null;
      if (reader === this.#reader) this.#fail(message);
      else reader.close({ message, issues: [], broken: true });
    });
  }

  #openFiles(files: readonly File[], recipe: LogRecipe | null): void {
    this.#putBack(false);
    this.#wanted = recipe;
    useIntake.setState({ ...EMPTY_INTAKE, open: true, busy: 'inspecting', files: files.map(({ name }) => name) });
    const reader = this.#openReader(files);
    this.#reader = reader;
    void this.#inspect(reader, reader.services.sources.inspect({ files, remembered: rememberedMappings() }));
  }

  async #fetchSite(log: SiteLog): Promise<void> {
    this.#putBack(false);
    useIntake.setState({ ...EMPTY_INTAKE, open: true, busy: 'downloading', files: [log.file] });
    this.#reader = null;
    const { signal } = (this.#fetching = new AbortController());
    try {
      const { files, recipe } = await fetchSiteLog(log, signal);
      signal.throwIfAborted();
      this.#openFiles(files, recipe);
    } catch (error) {
      if (signal.aborted) return;
      this.#refuse({ message: error instanceof Error ? error.message : String(error), issues: [], broken: false });
    }
  }

  /** Puts the log in use on screen, as it was used. */
  #putBack(open: boolean): void {
    this.#fetching?.abort();
    if (this.#reader !== this.#accepted?.reader) endReader(this.#reader);
    this.#reader?.surveys.cancel();
    this.#reader = this.#accepted?.reader ?? null;
    this.#wanted = null;
    useIntake.setState({ ...(this.#accepted?.intake ?? EMPTY_INTAKE), open, pending: false });
  }

  /**
   * The answer of a reader; null if the question was cancelled or refused, or other files are now on screen.
   */
  async #answer<Answer>(reader: IntakeReader, question: Promise<Answer>): Promise<Answer | null> {
    try {
      const answered = await question;
      return reader === this.#reader ? answered : null;
    } catch (error) {
      if (isCalledOff(error)) return null;
      if (!(error instanceof QuestionFailed)) throw error;
      if (reader === this.#reader) this.#refuse(error.failure as IntakeFailure);
      return null;
    }
  }

  #refuse(failure: IntakeFailure): void {
    this.#wanted = null;
    if (failure.broken) this.#fail(failure.message);
    else take({ type: 'refused', ...failure });
  }

  /** The worker died, usually for lack of memory, or can no longer be trusted. */
  #fail(detail: string): void {
    endReader(this.#reader);
    this.#reader = null;
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

  async #inspect(reader: IntakeReader, question: Promise<InspectedFiles>): Promise<void> {
    const found = await this.#answer(reader, question);
    if (found === null) return;
    // Candidates or pictures dropped alone are added to the log in use.
    const { files } = reader;
    const log = this.#accepted?.reader.files ?? [];
    if (log.length > 0 && files.length > 0 && found.sources.every(({ mapping: { part } }) => part === 'candidates')) {
      this.open([...log.filter(({ name }) => !files.some((file) => file.name === name)), ...files]);
      return;
    }
    if (found.sources.length === 0) {
      this.#refuse({ message: found.missing ?? '', issues: [], broken: false });
      return;
    }
    take({ type: 'inspected', ...found });
    if (this.#wanted !== null) useIntake.setState({ mappings: this.#wanted.sources, missing: null, guessed: null });
    // If there is nothing to ask the user but whether it is right.
    if (this.#wanted !== null || state().step === 'check') this.#read();
  }

  async #askRowItems(leader: string): Promise<void> {
    if (this.#reader === null) return;
    const question = this.#reader.services.sources.rowItems({ mappings: state().mappings, leader });
    const items = await this.#answer(this.#reader, question);
    if (items !== null) take({ type: 'row-items', leader, items });
  }

  async #lookAgain(source: number, syntax?: TextSyntax): Promise<void> {
    if (this.#reader === null) return;
    const seen = await this.#answer(this.#reader, this.#reader.services.sources.lookAgain({ source, syntax }));
    if (seen !== null) take({ type: 'looked-again', source, seen });
  }

  #progressOf(reader: IntakeReader): (progress: NonNullable<IntakeState['progress']>) => void {
    return (progress) => {
      if (reader === this.#reader) take({ type: 'reading', progress });
    };
  }

  #read(): void {
    if (this.#reader === null || state().busy !== null || !isReadable(state()) || isRead(state())) return;
    useIntake.setState({ busy: 'reading', refusal: null, progress: null });
    void this.#readWith(this.#reader, state().mappings);
  }

  async #readWith(reader: IntakeReader, mappings: readonly SourceMapping[]): Promise<void> {
    const onPart = this.#progressOf(reader);
    const question = reader.readings.ask((signal) => reader.services.reading.read(mappings, { signal, onPart }));
    const found = await this.#answer(reader, question);
    if (found === null) {
      if (reader === this.#reader) take({ type: 'cancelled' });
      return;
    }
    take({ type: 'read', ...found });
    const wanted = this.#wanted;
    if (wanted !== null) useIntake.setState({ filters: wanted.filters, split: wanted.split });
    this.#survey();
    // The recipe has visual features that the page made from pictures, which must be requested again.
    if (wanted?.pictures !== undefined) useIntake.setState({ step: 'report' });
    else if (wanted !== null) this.use();
    this.#wanted = null;
  }

  /** Asks what the recipe would keep. */
  #survey(): void {
    const recipe = recipeOf(state());
    if (this.#reader === null || recipe === null) return;
    take({ type: 'asked' });
    void this.#surveyWith(this.#reader, recipe);
  }

  async #surveyWith(reader: IntakeReader, recipe: LogRecipe): Promise<void> {
    const onPart = (part: Extract<IntakeEvent, { type: 'kept' | 'found' }>): void => {
      if (reader === this.#reader) take(part);
    };
    const question = reader.surveys.ask((signal) => reader.services.reading.survey(recipe, { signal, onPart }));
    const split = await this.#answer(reader, question);
    if (split !== null) take({ type: 'split', ...split });
  }

  async #useLog(reader: IntakeReader, recipe: LogRecipe): Promise<void> {
    const name = await this.#answer(reader, this.#handOver(reader, recipe));
    if (name === null) return;
    take({ type: 'handed-over', name });
    // A run that is started before the training worker has the log waits for it there.
    setField('data.id', name);
    if (this.#accepted !== null && this.#accepted.reader !== reader) endReader(this.#accepted.reader);
    this.#accepted = { reader, intake: state(), recipe };
    rememberChanges(state());
  }

  /** Sends a log from the worker that has it to the training worker; returns its name. */
  #handOver(reader: IntakeReader, recipe: LogRecipe): Promise<string> {
    return new Promise((resolve, reject) => {
      this.connectTraining((port) => {
        const handedOver = reader.services.reading.handOver({ recipe, port }, { transfer: [port] });
        handedOver.then(resolve, reject);
        return handedOver;
      });
    });
  }
}
