import { create } from 'zustand';

/** Whether the person wants steps profiled. No part of the recipe: it changes no result. Written by the session. */
export const useProfiling = create<{ readonly on: boolean }>()(() => ({ on: false }));
