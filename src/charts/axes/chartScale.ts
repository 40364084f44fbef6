import { createContext } from 'react';

/** How much higher charts are drawn than they ask for: 1, or what fills the screen. */
export const ChartScale = createContext(1);
