/** Tabs of this page: one at a time trains, the others see its run live and leave it alone. */
import { create } from 'zustand';
import { foldEvents, isBusy, type Experiment } from '../../runtime/experimentState';
import type { WorkerEvent } from '../../runtime/protocol';
import { useExperiment } from './experiment';
import { lookAt } from './view';

/** Who holds it owns the run. */
const LOCK = 'karma-run';
const CHANNEL = 'karma-run';

/** Raised when tabs of different versions would not understand each other; they then leave each other alone. */
const VERSION = 1;

/** Whether the run on this page is another tab's. */
export const useTabs = create<{ readonly watching: boolean }>()(() => ({ watching: false }));

/** Milliseconds that a claim waits for a lock that is held: every tab that watched the run before takes it for a moment. */
export const CLAIM_WITHIN = 3000;

const NONE: LockManagerSnapshot = {};

type Shared = Pick<Experiment, 'record' | 'phase' | 'stage' | 'checkpoint' | 'recovered'>;

type TabMessage = { readonly version: number } & (
  | { readonly type: 'who-trains' }
  /** What a tab sees that comes in the middle of a run. */
  | { readonly type: 'state'; readonly state: Shared }
  | { readonly type: 'events'; readonly events: readonly WorkerEvent[] }
);

/** Events that tell of a run; the others are of a tab's own device, log and models. */
const TOLD: ReadonlySet<WorkerEvent['type']> = new Set<WorkerEvent['type']>([
  ...(['phase', 'progress', 'started', 'step', 'warning', 'evaluation', 'profile'] as const),
  ...(['fidelity', 'inference', 'finished', 'checkpoint', 'recovering', 'failed'] as const),
]);

export interface Tabs {
  /** Makes this tab the one that trains, until `release`. @returns false when another tab is, or `release` was called meanwhile */
  readonly claim: () => Promise<boolean>;
  readonly release: () => void;
  /** Whether another tab trains. */
  readonly taken: () => Promise<boolean>;
  /** Shows other tabs what happened to the run. */
  readonly tell: (events: readonly WorkerEvent[]) => void;
  readonly dispose: () => void;
}

/** @param onFree called when the tab that trained has ended its run, or is gone */
export function joinTabs(onFree: () => void): Tabs {
  // Old browsers and pages without https have no locks: then every tab is alone.
  const locks = (navigator as { locks?: LockManager }).locks;
  if (locks === undefined || typeof BroadcastChannel === 'undefined')
    return {
      claim: () => Promise.resolve(true),
      release: nothing,
      taken: () => Promise.resolve(false),
      tell: nothing,
      dispose: nothing,
    };

  const channel = new BroadcastChannel(CHANNEL);
  let release: (() => void) | null = null;
  let claim: { readonly granted: Promise<boolean>; readonly cancel: () => void } | null = null;
  /** Resolves when the browser has taken this tab's lock back. */
  let released: Promise<unknown> = Promise.resolve();
  const post = (message: TabMessage): void => {
    channel.postMessage(message);
  };

  channel.onmessage = ({ data }: MessageEvent<TabMessage>) => {
    if (data.version !== VERSION) return;
    if (release !== null) {
      if (data.type === 'who-trains') post({ version: VERSION, type: 'state', state: sharedOf(useExperiment.getState()) });
      return;
    }
    if (data.type === 'who-trains') return;
    watch();
    if (data.type === 'state') {
      useExperiment.setState({ ...data.state, source: 'live', failure: null });
      if (data.state.record) lookAt(data.state.record);
    } else {
      // A tab that came between two messages asks for what it has missed.
      if (!isShown(data.events)) post({ version: VERSION, type: 'who-trains' });
      else useExperiment.setState(foldEvents(useExperiment.getState(), data.events));
    }
  };

  /** From the first word of another tab's run until its lock is free. */
  function watch(): void {
    if (useTabs.getState().watching) return;
    useTabs.setState({ watching: true });
    const free = locks!.request(LOCK, () => {
      useTabs.setState({ watching: false });
      // It ended without a last word: the tab was closed, or it crashed.
      if (isBusy(useExperiment.getState().phase)) useExperiment.setState({ phase: 'stopped', stage: null });
    });
    // Not before this tab has let go of it, too.
    void free.then(onFree);
  }

  function startClaim(): NonNullable<typeof claim> {
    const request = new AbortController();
    const cancel = (): void => {
      request.abort();
    };
    const deadline = setTimeout(cancel, CLAIM_WITHIN);
    let taken: (claimed: true) => void;
    const lock = new Promise<true>((resolve) => (taken = resolve));
    const held: Promise<unknown> = locks!.request(LOCK, { signal: request.signal }, () => {
      released = held;
      taken(true);
      // Held until the promise resolves.
      return new Promise<void>((free) => {
        release = () => {
          release = null;
          free();
        };
      });
    });
    // Browsers that are told to store nothing for a page give it no locks either: then every tab is alone.
    const refused = held.then(
      () => true,
      () => !request.signal.aborted,
    );
    const granted = Promise.race([lock, refused]).finally(() => {
      clearTimeout(deadline);
      claim = null;
    });
    return { granted, cancel };
  }

  post({ version: VERSION, type: 'who-trains' });
  return {
    claim: () => {
      if (release !== null) return Promise.resolve(true);
      // The run that is seen here holds the lock until its end.
      if (useTabs.getState().watching) return Promise.resolve(false);
      return (claim ??= startClaim()).granted;
    },
    release: () => {
      claim?.cancel();
      release?.();
    },
    taken: async () => {
      // One that was let go of a moment ago is not another tab's.
      if (release === null) await released;
      const { held = [] } = await locks.query().catch(() => NONE);
      return release === null && held.some(({ name }) => name === LOCK);
    },
    tell: (events) => {
      const told = events.filter(({ type }) => TOLD.has(type));
      if (release !== null && told.length > 0) post({ version: VERSION, type: 'events', events: told });
    },
    dispose: () => {
      claim?.cancel();
      release?.();
      channel.close();
    },
  };
}

/** Whether these events can be understood here: they begin a run, or continue with the one that is shown. */
function isShown(events: readonly WorkerEvent[]): boolean {
  const { phase, source } = useExperiment.getState();
  return (
    events.some(({ type }) => type === 'started') ||
    (source === 'live' && isBusy(phase)) ||
    events.every(({ type }) => type === 'phase' || type === 'progress')
  );
}

function sharedOf({ record, phase, stage, checkpoint, recovered, source }: Experiment): Shared {
  return { record: source === 'live' ? record : null, phase, stage, checkpoint, recovered };
}

function nothing(): void {
  // Nobody to tell.
}
