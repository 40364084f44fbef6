import { create } from '../store';
import type { KeptRun } from '../../../runtime/protocol';

/** The interrupted run that can be resumed. Written by the session. */
export const useKeptRun = create<{ readonly kept: KeptRun | null }>()(() => ({ kept: null }));
