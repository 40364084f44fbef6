/** What is done to the models on the page, and what that changed; not part of a record. */
import { create } from '../store';
import type { DialledArm } from '../../../record/dial';
import { NO_SURGERY, type OperatedModel, type Surgery, type SurgeryEffect } from '../../../record/surgery';
import { sentenceOf } from '../../../runtime/failure';
import { Latest } from '../../../runtime/rpc/latest';
import type { ModelQuery, OperationPart } from '../../../runtime/protocol';
import { unansweredFor, type Services } from '../run/trainingLink';

/** What cutting each head alone does to a model: by layer · heads + head. */
export interface CutHeads {
  readonly id: string;
  readonly label: string;
  readonly effects: readonly SurgeryEffect['hits'][];
}

export interface OperationsState {
  readonly surgery: Surgery;
  /** Whose answers these are: another subject's are not shown. */
  readonly subject: string;
  /** Results over test targets, and of which operation. */
  readonly operated: readonly OperatedModel[];
  readonly of: Surgery | null;
  readonly heads: readonly CutHeads[];
  readonly dialled: readonly DialledArm[];
  /** What is being computed, and how far. */
  readonly busy: 'surgery' | 'heads' | 'dial' | null;
  readonly progress: { readonly done: number; readonly total: number; readonly label: string } | null;
  readonly problem: string | null;
}

const NO_OPERATIONS: OperationsState = {
  surgery: NO_SURGERY,
  subject: '',
  operated: [],
  of: null,
  heads: [],
  dialled: [],
  busy: null,
  progress: null,
  problem: null,
};

export const useOperations = create<OperationsState>()(() => NO_OPERATIONS);

/** Changes the operation. */
export function setSurgery(change: Partial<Surgery>): void {
  useOperations.setState(({ surgery }) => ({ surgery: { ...surgery, ...change } }));
}

/** Whose models an answer is about. */
export function subjectOf({ spec, recorded = null }: ModelQuery): string {
  return JSON.stringify([recorded, spec]);
}

export interface OperationSession {
  /** What the operation changes over test targets, in every model. */
  readonly operate: (whom: ModelQuery) => void;
  /** What cutting each head alone changes. */
  readonly cutHeads: (whom: ModelQuery) => void;
  /** Every arm at every point of the dial. */
  readonly dial: (whom: ModelQuery) => void;
  readonly stop: () => void;
}

/** @param services of the worker, which may be another one by the next question */
export function startOperations(services: () => Pick<Services, 'operations'>): OperationSession {
  const latest = new Latest();

  function take(part: OperationPart): void {
    if (part.kind === 'progress') useOperations.setState({ progress: part });
    if (part.kind === 'operated') useOperations.setState(({ operated }) => ({ operated: [...operated, part.model] }));
    if (part.kind === 'heads') useOperations.setState(({ heads }) => ({ heads: [...heads, part] }));
    if (part.kind === 'dialled') useOperations.setState(({ dialled }) => ({ dialled: [...dialled, part.arm] }));
  }

  async function begin(
    busy: NonNullable<OperationsState['busy']>,
    whom: ModelQuery,
    cleared: Partial<OperationsState>,
    question: (signal: AbortSignal) => Promise<unknown>,
  ): Promise<void> {
    const subject = subjectOf(whom);
    const { subject: before, surgery } = useOperations.getState();
    if (before !== subject) useOperations.setState({ ...NO_OPERATIONS, surgery, subject });
    latest.cancel();
    useOperations.setState({ ...cleared, busy, progress: null, problem: null });
    const mine = (): boolean => useOperations.getState().subject === subject && useOperations.getState().busy === busy;
    try {
      const answered = await latest.ask(question);
      if (answered !== null && mine()) useOperations.setState({ busy: null, progress: null });
    } catch (error) {
      const failure = unansweredFor(error);
      if (mine()) useOperations.setState({ busy: null, progress: null, problem: failure && sentenceOf(failure) });
    }
  }

  return {
    operate: (whom) => {
      const { surgery } = useOperations.getState();
      void begin('surgery', whom, { operated: [], of: surgery }, async (signal) => {
        await services().operations.surgery({ surgery, ...whom }, { signal, onPart: take });
        return true;
      });
    },
    cutHeads: (whom) =>
      void begin('heads', whom, { heads: [] }, async (signal) => {
        await services().operations.heads(whom, { signal, onPart: take });
        return true;
      }),
    dial: (whom) =>
      void begin('dial', whom, { dialled: [] }, async (signal) => {
        await services().operations.dial(whom, { signal, onPart: take });
        return true;
      }),
    stop: () => {
      latest.cancel();
      useOperations.setState({ busy: null, progress: null });
    },
  };
}
