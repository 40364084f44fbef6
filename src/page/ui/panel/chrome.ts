import { createContext } from 'react';

/** Whether figures have controls: selects, menus, sliders. An embedded one may have none. */
export const WithControls = createContext(true);
