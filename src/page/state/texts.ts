/** What the base model and the arms are saying. Written by the session; no part of a record. */
import { create } from 'zustand';
import type { TextEvent, TextRequest } from '../../record/generation';
import type { WorkerEvent } from '../../runtime/protocol';

export interface Said {
  readonly text: string;
  readonly tokens: number;
}

export interface Texts {
  /** The request that was made last; null before the first. */
  readonly request: TextRequest | null;
  /** `waiting`: for model, session or features. */
  readonly state: 'idle' | 'waiting' | 'speaking' | 'done' | 'failed';
  readonly problem: string | null;
  readonly prompt: string;
  readonly target: string | null;
  readonly speakers: Extract<TextEvent, { type: 'text-started' }>['speakers'];
  /** By speaker. */
  readonly said: Readonly<Record<string, Said>>;
  readonly seconds: number;
  /** Speakers that are being exported. */
  readonly exporting: readonly string[];
}

export const SILENT: Texts = {
  request: null,
  state: 'idle',
  problem: null,
  prompt: '',
  target: null,
  speakers: [],
  said: {},
  seconds: 0,
  exporting: [],
};

export const useTexts = create<Texts>()(() => SILENT);

export function asked(texts: Texts, request: TextRequest): Texts {
  return { ...texts, request, state: 'waiting', problem: null };
}

/** Events of an earlier request change nothing. */
export function foldText(texts: Texts, event: WorkerEvent): Texts {
  if (event.type === 'exported') return { ...texts, exporting: texts.exporting.filter((speaker) => speaker !== event.speaker) };
  if (event.type === 'export-failed') {
    return { ...texts, exporting: texts.exporting.filter((speaker) => speaker !== event.speaker), problem: event.message };
  }
  if (!isText(event) || event.id !== texts.request?.id) return texts;
  switch (event.type) {
    case 'text-started': {
      const { prompt, target, speakers } = event;
      return { ...texts, state: 'speaking', prompt, target, speakers, said: {}, seconds: 0 };
    }
    case 'text-grown':
      return { ...texts, said: { ...texts.said, [event.speaker]: { text: event.text, tokens: event.tokens } } };
    case 'text-ended':
      return { ...texts, state: 'done', seconds: event.seconds };
    case 'text-failed':
      return { ...texts, state: 'failed', problem: event.message };
  }
}

/** The worker that was speaking is gone. */
export function silenced(texts: Texts): Texts {
  const speaking = texts.state === 'waiting' || texts.state === 'speaking';
  const problem = speaking || texts.exporting.length > 0 ? 'The worker was started anew. Generate again.' : texts.problem;
  return { ...texts, exporting: [], problem, ...(speaking && { state: 'failed' }) };
}

function isText(event: WorkerEvent): event is TextEvent {
  return event.type.startsWith('text-');
}
