/**
 * Answers the inspector: finds items and users, and computes what the models make of a history. Frees its
 * engine when idle for a while.
 */
import { findItems } from '../../log/findItems';
import { inspectedItem, userHistory } from '../../experiment/inspect/findInLog';
import { Inspector, type InspectedModels } from '../../experiment/inspect/inspector';
import type { InspectionInputs } from '../../experiment/inspect/inspectionEngine';
import type { Training } from '../../experiment/train/training';
import type { Gpu } from '../../gpu/device';
import type { LoadedModel } from '../../model/loadedModel';
import type { HistoryQuestion, InspectedHistory, InspectionAnswer, ItemsFound } from '../../record/inspection';
import type { ModelQuery, InspectionQuestions } from '../protocol';
import { isCalledOff, type Asking } from '../rpc/messages';
import { askedOf } from './asked';
import { message, t } from '../../words/words';

/** What is inspected. */
export interface InspectionSubject {
  readonly model: LoadedModel;
  readonly training: Omit<Training, 'read'>;
  readonly gpu: () => Promise<Gpu>;
  /** The arms in their current state, and their probe decoders. */
  readonly inspected: () => Promise<InspectedModels>;
}

const OTHER_LOG = message(
  'This history belongs to another log than the one open now. Clear it and build one from this log’s items.',
);

interface Open {
  readonly inspector: Inspector;
  readonly gpu: Gpu;
  readonly training: InspectionSubject['training'];
}

export class InspectionService implements InspectionQuestions {
  #open: Open | null = null;
  /** The history being answered or waiting. */
  #asking: AbortController | null = null;
  #done: Promise<unknown> = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param subject who is inspected
   * @param idle milliseconds without a question after which the engine is freed
   */
  constructor(
    private readonly subject: (asked: ModelQuery) => Promise<InspectionSubject>,
    private readonly idle = 60_000,
  ) {}

  async find({ text, limit, ...asked }: Parameters<InspectionQuestions['find']>[0]): Promise<ItemsFound> {
    const { log } = (await this.#training(asked)).data;
    const found = findItems(log.items, text);
    const items = found.slice(0, limit).map((item) => inspectedItem(log, item));
    return { log: log.hash, items, total: found.length };
  }

  /** @throws RangeError for a user who is not in the log or has no test item */
  async user({ user, draw, ...asked }: Parameters<InspectionQuestions['user']>[0]): Promise<InspectedHistory> {
    const { data } = await this.#training(asked);
    return { log: data.log.hash, ...userHistory(data, user, draw) };
  }

  /** @throws RangeError when the history is of another log, an AbortError when cancelled */
  async history(
    { question, ...asked }: Parameters<InspectionQuestions['history']>[0],
    { signal, tell }: Asking<InspectionAnswer>,
  ): Promise<void> {
    this.#asking?.abort();
    const controller = new AbortController();
    this.#asking = controller;
    const asking = { signal: AbortSignal.any([signal, controller.signal]), tell };
    const mine = this.#done.then(() => this.#answer(question, askedOf(asked), asking));
    this.#done = mine.catch(() => undefined);
    await mine;
  }

  /** Cancels the current answer and frees the engine. */
  async release(): Promise<void> {
    this.#asking?.abort();
    await this.#done;
    this.#close();
  }

  async #training(asked: ModelQuery): Promise<InspectionSubject['training']> {
    return (await this.subject(askedOf(asked))).training;
  }

  async #answer(question: HistoryQuestion, whom: ModelQuery, { signal, tell }: Asking<InspectionAnswer>): Promise<void> {
    signal.throwIfAborted();
    clearTimeout(this.#timer);
    try {
      const asked = await this.subject(whom);
      if (asked.training.data.log.hash !== question.log) throw new RangeError(t(OTHER_LOG));
      const inspector = await this.#inspector(asked);
      const inspected = await asked.inspected();
      for await (const answer of inspector.answer(question, inspected, () => !signal.aborted)) {
        signal.throwIfAborted();
        tell(answer);
      }
      signal.throwIfAborted();
    } catch (error) {
      // Whatever the engine's state, the next question gets a new one.
      if (!isCalledOff(error)) this.#close();
      throw error;
    } finally {
      this.#timer = setTimeout(() => {
        this.#close();
      }, this.idle);
    }
  }

  async #inspector({ gpu, model, training }: InspectionSubject): Promise<Inspector> {
    const device = await gpu();
    if (this.#open?.training === training && this.#open.gpu === device) return this.#open.inspector;
    this.#close();
    const inspector = await Inspector.open({ ...training, model, gpu: device } satisfies InspectionInputs);
    this.#open = { inspector, gpu: device, training };
    return inspector;
  }

  #close(): void {
    clearTimeout(this.#timer);
    this.#open?.inspector.destroy();
    this.#open = null;
  }
}
