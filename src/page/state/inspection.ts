/** The history in the inspector, and what the models make of it. Written by the inspector and the session; no part of a record. */
import { create } from 'zustand';
import type { InspectedItem, InspectionAnswer, InspectionEvent, InspectionRequest } from '../../record/inspection';
import type { WorkerEvent } from '../../runtime/protocol';

export interface InspectionState {
  /** Hash of the log that the items are of. */
  readonly log: string;
  /** Oldest first. */
  readonly items: readonly InspectedItem[];
  readonly query: string;
  /** Whose history it was at first, and the item that came next; null for one that was built. */
  readonly user: string | null;
  readonly target: InspectedItem | null;
  /** The text searched last. */
  readonly sought: string;
  /** Items found for a text, until those of the next are here. */
  readonly found: { readonly text: string; readonly items: readonly InspectedItem[]; readonly total: number } | null;
  readonly answer: InspectionAnswer | null;
  /** `reading`: lists and attention are here, texts are not yet. */
  readonly state: 'idle' | 'asking' | 'reading' | 'done' | 'failed';
  readonly problem: string | null;
  /** By kind of question the one that was asked last: answers to others are stale. */
  readonly last: Readonly<Record<InspectionRequest['question']['kind'], number>>;
}

export const NOTHING_INSPECTED: InspectionState = {
  log: '',
  items: [],
  query: '',
  user: null,
  target: null,
  sought: '',
  found: null,
  answer: null,
  state: 'idle',
  problem: null,
  last: { find: 0, user: 0, history: 0 },
};

export const useInspection = create<InspectionState>()(() => NOTHING_INSPECTED);

/** Changes the history by hand: it is nobody's any more, unless only its query changed. */
export function setHistory(items: readonly InspectedItem[]): void {
  useInspection.setState({
    items,
    user: null,
    target: null,
    ...(items.length === 0 && { answer: null, state: 'idle', problem: null }),
  });
}

export function questioned(state: InspectionState, { id, question }: InspectionRequest): InspectionState {
  const last = { ...state.last, [question.kind]: id };
  if (question.kind === 'find') return { ...state, last, sought: question.text };
  return question.kind === 'history' ? { ...state, last, state: 'asking', problem: null } : { ...state, last };
}

export function foldInspection(state: InspectionState, event: WorkerEvent): InspectionState {
  if (!isInspection(event)) return state;
  const { last } = state;
  switch (event.type) {
    case 'inspection-found':
      if (event.id !== last.find) return state;
      return { ...state, log: event.log, found: { text: state.sought, items: event.items, total: event.total } };
    case 'inspection-user': {
      if (event.id !== last.user) return state;
      const { log, items, query, user, target } = event;
      return { ...state, log, items, query, user, target, problem: null };
    }
    case 'inspection-answer': {
      if (event.id !== last.history || state.items.length === 0) return state;
      const { answer } = event;
      return { ...state, answer, state: answer.models.every(({ texts }) => texts !== null) ? 'done' : 'reading' };
    }
    case 'inspection-failed':
      if (!Object.values(last).includes(event.id)) return state;
      return { ...state, problem: event.message, ...(event.id === last.history && { state: 'failed' }) };
  }
}

/** The worker that was asked is gone. */
export function unanswered(state: InspectionState): InspectionState {
  const waiting = state.state === 'asking' || state.state === 'reading';
  return waiting
    ? { ...state, state: 'failed', problem: 'The worker was started anew. Change the history to ask again.' }
    : state;
}

function isInspection(event: WorkerEvent): event is InspectionEvent {
  return event.type.startsWith('inspection-');
}
