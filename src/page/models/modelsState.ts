/** What the page knows of models beside the one that a run uses: a download, what the browser keeps, what fits. */
import { create } from 'zustand';
import type { MemoryForecast } from '../../record/memoryPlan';
import type { Transfer } from '../../record/runEvents';
import type { KeptGroup } from '../../runtime/modelProtocol';
import type { WorkerEvent } from '../../runtime/protocol';
import type { Failure } from '../../runtime/failure';

export type FetchState = 'none' | 'fetching' | 'here' | 'cancelled' | 'failed';

export interface ModelsState {
  readonly fetch: FetchState;
  /** How far the files of the last model that was asked for are. */
  readonly transfer: Transfer | null;
  /** Why it could not be had. */
  readonly failure: Failure | null;
  /** What the recipe takes of the curated models, by id. */
  readonly forecasts: Readonly<Record<string, MemoryForecast>>;
  readonly kept: { readonly groups: readonly KeptGroup[]; readonly lasting: boolean; readonly problem: string | null } | null;
  /** Bytes that the page uses and may use, as the browser says. */
  readonly room: { readonly usage: number; readonly quota: number } | null;
  /** Whether the browser promised to keep files when it needs room; null before it was asked. */
  readonly persisted: boolean | null;
}

export const EMPTY_MODELS: ModelsState = {
  fetch: 'none',
  transfer: null,
  failure: null,
  forecasts: {},
  kept: null,
  room: null,
  persisted: null,
};

export const useModels = create<ModelsState>()(() => EMPTY_MODELS);

export function foldModels(state: ModelsState, event: WorkerEvent): ModelsState {
  switch (event.type) {
    case 'progress': {
      const { transfer } = event.progress;
      return transfer === undefined ? state : { ...state, transfer, fetch: 'fetching', failure: null };
    }
    case 'model':
    case 'fetched':
      return { ...state, fetch: 'here' };
    case 'fetch-failed':
      return { ...state, fetch: 'failed', failure: event.failure };
    case 'fetch-cancelled':
      return { ...state, fetch: 'cancelled' };
    case 'phase':
      // A run that waited for its model: the page shows why it failed.
      if (state.fetch !== 'fetching' || (event.phase !== 'stopped' && event.phase !== 'failed')) return state;
      return { ...state, fetch: event.phase === 'stopped' ? 'cancelled' : 'failed' };
    case 'survey':
      return { ...state, forecasts: event.forecasts };
    case 'kept':
      return { ...state, kept: { groups: event.groups, lasting: event.lasting, problem: event.problem } };
    case 'model-opened':
    case 'adapter':
    case 'certificate':
    case 'device':
    case 'evaluation':
    case 'failed':
    case 'finished':
    case 'log':
    case 'memory':
    case 'profile':
    case 'inference':
    case 'fidelity':
    case 'started':
    case 'step':
    case 'trained':
    case 'export-failed':
    case 'exported':
    case 'inspection-answer':
    case 'inspection-failed':
    case 'inspection-found':
    case 'inspection-user':
    case 'text-ended':
    case 'template-preview':
    case 'experiment-parts':
    case 'adapter-opened':
    case 'adapter-refused':
    case 'text-failed':
    case 'text-grown':
    case 'text-started':
      return state;
  }
}
