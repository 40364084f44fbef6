/**
 * Operates on trained models over test targets, and turns the dial. Frees its engine when idle for a while.
 */
import { DIAL, dialled } from '../../experiment/operate/dial';
import { Operator, type OperationWatch } from '../../experiment/operate/operator';
import type { AdapterFile } from '../../engine/peft/write';
import type { TrainedArm } from '../../engine/trainedArm';
import type { ModelQuery, OperationPart, OperationQuestions } from '../protocol';
import { calledOff, isCalledOff, type Asking } from '../rpc/messages';
import { askedOf } from './asked';
import type { InspectionSubject } from './inspection';
import { t } from '../../words/words';

/** Test targets that are ranked. */
const TARGETS = 300;

interface Open {
  readonly operator: Operator;
  readonly training: InspectionSubject['training'];
}

export class OperationService implements OperationQuestions {
  #open: Open | null = null;
  #asking: AbortController | null = null;
  #done: Promise<unknown> = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param subject who is operated on
   * @param adapter of an arm, as PEFT reads it
   * @param idle milliseconds after which the engine is freed
   */
  constructor(
    private readonly subject: (asked: ModelQuery) => Promise<InspectionSubject>,
    private readonly adapter: (arm: TrainedArm, asked: ModelQuery) => Promise<readonly AdapterFile[]>,
    private readonly idle = 60_000,
  ) {}

  async surgery(
    { surgery, ...asked }: Parameters<OperationQuestions['surgery']>[0],
    asking: Asking<OperationPart>,
  ): Promise<void> {
    await this.#each(asked, asking, true, async (operator, model, watch) => {
      const operated = await operator.operate(model, surgery, watch);
      return operated && { kind: 'operated', model: operated };
    });
  }

  async heads(asked: ModelQuery, asking: Asking<OperationPart>): Promise<void> {
    await this.#each(asked, asking, true, async (operator, model, watch) => {
      const effects = await operator.heads(model, watch);
      return effects && { kind: 'heads', id: model.spec.id, label: model.spec.label, effects };
    });
  }

  async dial(asked: ModelQuery, asking: Asking<OperationPart>): Promise<void> {
    await this.#each(asked, asking, false, async (operator, model, watch) => {
      const arm = await operator.dial(model, watch);
      return arm && { kind: 'dialled', arm };
    });
  }

  /** @throws RangeError for a t that the dial does not have, or an arm that is not there */
  async dialledAdapter({
    arm,
    t: at,
    ...asked
  }: Parameters<OperationQuestions['dialledAdapter']>[0]): Promise<readonly AdapterFile[]> {
    const whom = askedOf(asked);
    const { arms } = await (await this.subject(whom)).inspected();
    const found = arms.find(({ spec }) => spec.id === arm);
    if (found === undefined) throw new RangeError(t('No arm “{arm}” is trained here. Run first.', { arm }));
    if (!DIAL.includes(at)) throw new RangeError(`the dial has no point ${at}`);
    return this.adapter({ ...found, flat: dialled(found.layout, found.flat, at) }, whom);
  }

  /** Cancels the current answer and frees the engine. */
  async release(): Promise<void> {
    this.#asking?.abort();
    await this.#done;
    this.#close();
  }

  /** Does something to each model, one after another. @param base whether the base model is one of them */
  async #each(
    asked: ModelQuery,
    { signal, tell }: Asking<OperationPart>,
    base: boolean,
    work: (operator: Operator, model: TrainedArm, watch: OperationWatch) => Promise<OperationPart | null>,
  ): Promise<void> {
    this.#asking?.abort();
    const controller = new AbortController();
    this.#asking = controller;
    const all = AbortSignal.any([signal, controller.signal]);
    const mine = this.#done.then(async () => {
      all.throwIfAborted();
      clearTimeout(this.#timer);
      try {
        const subject = await this.subject(askedOf(asked));
        const { arms } = await subject.inspected();
        const operator = await this.#operator(subject);
        const models = base ? [operator.base, ...arms] : arms;
        for (const [index, model] of models.entries()) {
          const part = await work(operator, model, (done, total) => {
            if (all.aborted) return false;
            tell({ kind: 'progress', done: index + done / total, total: models.length, label: model.spec.label });
            return true;
          });
          if (part === null) throw calledOff();
          tell(part);
        }
      } catch (error) {
        if (!isCalledOff(error)) this.#close();
        throw error;
      } finally {
        this.#timer = setTimeout(() => {
          this.#close();
        }, this.idle);
      }
    });
    this.#done = mine.catch(() => undefined);
    await mine;
  }

  async #operator({ gpu, model, training }: InspectionSubject): Promise<Operator> {
    if (this.#open?.training === training) return this.#open.operator;
    this.#close();
    const operator = await Operator.open({ ...training, model, gpu: await gpu() }, TARGETS);
    this.#open = { operator, training };
    return operator;
  }

  #close(): void {
    clearTimeout(this.#timer);
    this.#open?.operator.destroy();
    this.#open = null;
  }
}
