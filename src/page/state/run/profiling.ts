import { create } from '../store';

/**
 * Whether the user wants steps profiled. Not part of the recipe, since it changes no result. Written by the
 * session.
 */
export const useProfiling = create<{ readonly on: boolean }>()(() => ({ on: false }));
