/** Stores of the page: zustand's, and in addition it is known which of them a computation read. */
import { create as createStore, type StateCreator, type StoreApi, type UseBoundStore } from 'zustand';

/** As much of a store as everybody needs who does not know its state. */
export interface AnyStore {
  readonly subscribe: (changed: () => void) => () => void;
  /** Puts a store back as the page found it when it was opened. */
  readonly reset: () => void;
}

const STORES = new Set<AnyStore>();
/** The stores that the present computation has read; null while nobody asks. */
let read: Set<AnyStore> | null = null;

/** Makes a store, which is a hook as well: `create<State>()(() => initial)`. */
export function create<T>(): (initial: StateCreator<T>) => UseBoundStore<StoreApi<T>> {
  return (initial) => {
    const store = createStore<T>()(initial);
    const { getState, setState, getInitialState, subscribe } = store;
    const any: AnyStore = {
      subscribe,
      reset: () => {
        setState(getInitialState(), true);
      },
    };
    STORES.add(any);
    return Object.assign(store, {
      getState: () => {
        read?.add(any);
        return getState();
      },
    });
  };
}

/** Computes something, outside of rendering, and says which stores it read by `getState`. */
export function reading<T>(compute: () => T): { readonly value: T; readonly stores: ReadonlySet<AnyStore> } {
  const outer = read;
  const stores = new Set<AnyStore>();
  read = stores;
  try {
    return { value: compute(), stores };
  } finally {
    read = outer;
    for (const store of stores) outer?.add(store);
  }
}

/**
 * Computes something now, and again whenever a store changes that it read; what it reads may depend on what
 * it finds.
 * @param found called with each result
 * @returns a function that ends this
 */
export function followReads<T>(compute: () => T, found: (value: T) => void): () => void {
  const ends = new Map<AnyStore, () => void>();
  const follow = (): void => {
    const { value, stores } = reading(compute);
    for (const store of stores) if (!ends.has(store)) ends.set(store, store.subscribe(follow));
    for (const [store, end] of ends) {
      if (stores.has(store)) continue;
      end();
      ends.delete(store);
    }
    found(value);
  };
  follow();
  return () => {
    for (const end of ends.values()) end();
    ends.clear();
  };
}

/** Puts all stores back as the page found them when it was opened. */
export function resetStores(): void {
  for (const { reset } of STORES) reset();
}
