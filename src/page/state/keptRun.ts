import { create } from 'zustand';
import type { KeptRun } from '../../runtime/protocol';

/** The run that was cut off and can be resumed. Written by the session. */
export const useKeptRun = create<{ readonly kept: KeptRun | null }>()(() => ({ kept: null }));
