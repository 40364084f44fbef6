import { createContext } from 'react';

/** Whether figures have controls: selects, menus, sliders. An embedded one may go without. */
export const WithControls = createContext(true);
