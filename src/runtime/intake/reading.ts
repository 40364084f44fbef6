/** Sources read as a log, and the results of recipes for it. */
import { auditLog } from '../../log/audit';
import { titleTrials, type TitleTrial } from '../../log/audit/titleTrials';
import { checkUsable } from '../../log/intake/assemble';
import { findingsOf } from '../../log/findings';
import { defaultRecipe, finishLog, preview, readIntake, survey, type IntakeResult } from '../../log/intake/intake';
import { rawLogFacts, keptOf } from '../../log/intake/overview';
import type { ReadProgress } from '../../log/intake/readSources';
import { previewSplit } from '../../log/intake/splitPreview';
import { storeReasons } from '../../log/intake/tally';
import { turn } from '../../log/turn';
import { LogError } from '../../log/types';
import { deviceMemory } from '../../gpu/deviceRoom';
import type { LogRecipe, SourceMapping } from '../../recipe/logRecipe';
import { packLog, type HandedOver } from '../handOver';
import type { ReadFiles, ReadingQuestions, SurveyedSplit, SurveyPart } from '../intakeProtocol';
import type { Asking } from '../rpc/messages';
import type { SourceService } from './sources';

/**
 * Maximum bytes of a log, however much memory the device has. Chromium's sandbox ends a page whose data take
 * more than 4 GB, or more than that if the device has enough (sandbox/constants.h); JavaScript's objects may
 * take 4.4 GB, beyond which the page ends as well. Model and training need their part.
 */
const MOST_MEMORY = 4 * 2 ** 30;

/** Half of the device's memory, as reported by the browser, and at most `MOST_MEMORY`. */
function allowedMemory(): number {
  return Math.min(MOST_MEMORY, (deviceMemory() ?? Infinity) / 2);
}

/** The files as read by some mappings, or being read. */
interface Reading {
  readonly key: string;
  readonly intake: Promise<IntakeResult>;
  readonly controller: AbortController;
}

export class ReadingService implements ReadingQuestions {
  #current: Reading | null = null;

  /** @param memory maximum bytes of a log */
  constructor(
    private readonly sources: SourceService,
    private readonly memory = allowedMemory(),
  ) {}

  async read(mappings: readonly SourceMapping[], { signal, tell }: Asking<ReadProgress>): Promise<ReadFiles> {
    const reading = this.#readingFor(mappings, tell);
    signal.addEventListener('abort', () => {
      this.#letGo(reading);
    });
    const of = await reading.intake;
    const suggested = defaultRecipe(of, this.sources.inspected.guesses);
    return { facts: rawLogFacts(of.raw, suggested), suggested };
  }

  async survey(recipe: LogRecipe, { signal, tell }: Asking<SurveyPart>): Promise<SurveyedSplit> {
    /** A later question, asked while this one was answered, has arrived by now. */
    const pass = async (): Promise<void> => {
      await turn();
      signal.throwIfAborted();
    };
    await pass();
    const of = await this.#readingFor(recipe.sources).intake;
    const surveyed = survey(of, recipe);
    tell({ type: 'kept', kept: keptOf(surveyed) });
    await pass();
    tell({ type: 'found', findings: findingsOf(of, recipe, surveyed) });
    await pass();
    const assembled = preview(of, recipe, surveyed);
    const split = previewSplit(assembled);
    await pass();
    return { split, audit: auditLog({ ...assembled, recipe }), problem: problemOf(assembled, surveyed.leftOut) };
  }

  /** The files as read by a recipe. */
  intakeOf(recipe: LogRecipe): Promise<IntakeResult> {
    return this.#readingFor(recipe.sources).intake;
  }

  async titles(recipe: LogRecipe): Promise<readonly TitleTrial[]> {
    const of = await this.#readingFor(recipe.sources).intake;
    return titleTrials(preview(of, recipe, survey(of, recipe)).log.items.columns.title);
  }

  async handOver({ recipe, port }: Parameters<ReadingQuestions['handOver']>[0]): Promise<string> {
    const send = (message: HandedOver, transfer: Transferable[] = []): void => {
      port.postMessage(message, transfer);
    };
    try {
      send('coming');
      const of = await this.#readingFor(recipe.sources).intake;
      const surveyed = survey(of, recipe);
      const { log, split } = await finishLog(of, recipe, surveyed);
      const { pictured } = of.pictures;
      const made = pictured === null ? recipe : { ...recipe, pictures: pictured.model };
      const findings = findingsOf(of, recipe, surveyed);
      const { name } = log;
      const { packed, transfer } = packLog({ log, split, recipe: made, dropped: storeReasons(surveyed.leftOut), findings });
      send(packed, transfer);
      return name;
    } catch (error) {
      send(null);
      throw error;
    } finally {
      port.close();
    }
  }

  /** The files as read by these mappings, only once while the mappings stay the same. */
  #readingFor(mappings: readonly SourceMapping[], onProgress: (progress: ReadProgress) => void = () => undefined): Reading {
    const key = JSON.stringify(mappings);
    if (this.#current?.key === key) return this.#current;
    // What was read before is released first: two logs need not fit.
    if (this.#current !== null) this.#letGo(this.#current);
    const controller = new AbortController();
    const intake = readIntake(this.sources.inspected.sources, mappings, onProgress, {
      signal: controller.signal,
      memory: this.memory,
    });
    const reading = { key, intake, controller };
    this.#current = reading;
    intake.catch(() => {
      this.#letGo(reading);
    });
    return reading;
  }

  /** Ends a reading at once for the next question, although it continues until it checks its signal. */
  #letGo(reading: Reading): void {
    reading.controller.abort();
    if (this.#current === reading) this.#current = null;
  }
}

function problemOf(...checked: Parameters<typeof checkUsable>): string | null {
  try {
    checkUsable(...checked);
    return null;
  } catch (error) {
    if (!(error instanceof LogError)) throw error;
    return error.message;
  }
}
