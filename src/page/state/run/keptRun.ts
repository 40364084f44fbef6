import { create } from '../store';
import type { KeptRun, UnreadableRun } from '../../../runtime/protocol';

/** The interrupted run, whether it can be resumed or not. Written by the session. */
export const useKeptRun = create<{ readonly kept: KeptRun | UnreadableRun | null }>()(() => ({ kept: null }));
