import { createContext } from 'react';

/** Factor by which charts are drawn higher than they request: 1, or what fills the screen. */
export const ChartScale = createContext(1);
