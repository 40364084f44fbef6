/** Answers the inspector: finds items and users, and shows what the models make of a history. Frees its engine when nobody asks for a while. */
import { findItems } from '../log/findItems';
import { inspectedItem, userHistory } from '../experiment/findInLog';
import { Inspector, type Inspected, type InspectorInputs } from '../experiment/inspector';
import type { Training } from '../experiment/stages/context';
import type { Gpu } from '../gpu/device';
import type { LoadedModel } from '../model/loadedModel';
import type { InspectionEvent, InspectionQuestion, InspectionRequest } from '../record/inspection';

/** What is inspected. */
export interface Subject {
  readonly model: LoadedModel;
  readonly training: Omit<Training, 'read'>;
  readonly gpu: () => Promise<Gpu>;
  /** The arms as they stand now, and their probe decoders. */
  readonly inspected: () => Promise<Inspected>;
}

const OTHER_LOG = 'This history is of another log than the one that is open now. Clear it and build one of this log’s items.';

interface Open {
  readonly inspector: Inspector;
  readonly gpu: Gpu;
  readonly training: Subject['training'];
}

export class Inspection {
  #open: Open | null = null;
  /** The last history that was asked about: earlier ones are called off. */
  #latest = 0;
  #done: Promise<void> = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param explain a failure in one or two sentences
   * @param idle milliseconds without a question after which the engine goes
   */
  constructor(
    private readonly emit: (event: InspectionEvent) => void,
    private readonly explain: (error: unknown) => string,
    private readonly idle = 60_000,
  ) {}

  /** Reports failures as events. */
  async ask({ id, question }: InspectionRequest, subject: () => Promise<Subject>): Promise<void> {
    try {
      switch (question.kind) {
        case 'find': {
          const { data } = (await subject()).training;
          const found = findItems(data.log.items, question.text);
          const items = found.slice(0, question.limit).map((item) => inspectedItem(data.log, item));
          this.emit({ type: 'inspection-found', id, log: data.log.hash, items, total: found.length });
          return;
        }
        case 'user': {
          const { data } = (await subject()).training;
          this.emit({ type: 'inspection-user', id, log: data.log.hash, ...userHistory(data, question.user, id) });
          return;
        }
        case 'history': {
          this.#latest = id;
          const before = this.#done;
          this.#done = before.then(() => this.#answer(id, question, subject));
          await this.#done;
        }
      }
    } catch (error) {
      this.emit({ type: 'inspection-failed', id, message: this.explain(error) });
    }
  }

  /** Calls off what is being answered and frees the engine. */
  async release(): Promise<void> {
    this.#latest = 0;
    await this.#done;
    this.#close();
  }

  async #answer(
    id: number,
    question: Extract<InspectionQuestion, { kind: 'history' }>,
    subject: () => Promise<Subject>,
  ): Promise<void> {
    const wanted = (): boolean => this.#latest === id;
    if (!wanted()) return;
    clearTimeout(this.#timer);
    try {
      const asked = await subject();
      if (asked.training.data.log.hash !== question.log) throw new RangeError(OTHER_LOG);
      const inspector = await this.#inspector(asked);
      const inspected = await asked.inspected();
      for await (const answer of inspector.answer(question, inspected, wanted)) {
        if (wanted()) this.emit({ type: 'inspection-answer', id, answer });
      }
    } catch (error) {
      // Whatever state the engine is in, the next question gets a fresh one.
      this.#close();
      this.emit({ type: 'inspection-failed', id, message: this.explain(error) });
    } finally {
      this.#timer = setTimeout(() => {
        this.#close();
      }, this.idle);
    }
  }

  async #inspector({ gpu, model, training }: Subject): Promise<Inspector> {
    const device = await gpu();
    if (this.#open?.training === training && this.#open.gpu === device) return this.#open.inspector;
    this.#close();
    const inspector = await Inspector.open({ ...training, model, gpu: device } satisfies InspectorInputs);
    this.#open = { inspector, gpu: device, training };
    return inspector;
  }

  #close(): void {
    clearTimeout(this.#timer);
    this.#open?.inspector.destroy();
    this.#open = null;
  }
}
