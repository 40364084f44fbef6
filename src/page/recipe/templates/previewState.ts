/** The recipe's texts in tokens, as the worker last told. Written by the session; no part of a record. */
import { create } from 'zustand';
import type { TemplatePreview } from '../../../record/templatePreview';
import type { WorkerEvent } from '../../../runtime/protocol';

export interface Previewing {
  /** Number of the last question; answers to others are stale. */
  readonly question: number;
  readonly preview: TemplatePreview | null;
  /** Why there is no preview. */
  readonly problem: string | null;
}

export const usePreview = create<Previewing>()(() => ({ question: 0, preview: null, problem: null }));

export function foldPreview(state: Previewing, event: WorkerEvent): Previewing {
  if (event.type !== 'template-preview' || event.id !== state.question) return state;
  return { ...state, preview: event.preview, problem: event.problem };
}
