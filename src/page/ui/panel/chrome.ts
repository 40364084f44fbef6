import { createContext, useContext, useState } from 'react';

/** Whether figures have controls: selects, menus, sliders. An embedded one may have none. */
export const WithControls = createContext(true);

/**
 * Below the page's first picture panels are folded to their question and its answer; whether all of them are
 * open. Null elsewhere, where none can be folded.
 */
export const Unfolded = createContext<boolean | null>(null);

export interface Folding {
  /** Whether there is anything to fold. */
  readonly foldable: boolean;
  readonly open: boolean;
  readonly toggle: () => void;
}

/** Whether a panel is open: as its reader left it, else as all of them are. */
export function useFolding(): Folding {
  const all = useContext(Unfolded);
  const [own, setOwn] = useState<{ readonly open: boolean; readonly all: boolean | null } | null>(null);
  // Opening all of them opens those that were closed one by one.
  const open = all === null || (own?.all === all ? own.open : all);
  return {
    foldable: all !== null,
    open,
    toggle: () => {
      setOwn({ open: !open, all });
    },
  };
}
