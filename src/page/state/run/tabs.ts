/** Tabs of this page: one at a time trains, the others watch its run live without changing it. */
import { create } from '../store';
import { foldEvents, isBusy, type Experiment } from '../../../runtime/experimentState';
import type { WorkerEvent } from '../../../runtime/protocol';
import { useExperiment } from './experiment';
import { lookAt } from '../view/view';

/** The tab that holds this lock owns the run. */
const LOCK = 'karma-run';
const CHANNEL = 'karma-run';

/** Raised when tabs of different versions would not understand each other; they then ignore each other. */
const VERSION = 2;

/** Whether the run on this page belongs to another tab. */
export const useTabs = create<{ readonly watching: boolean }>()(() => ({ watching: false }));

/**
 * Milliseconds that a claim waits for a held lock: every tab that watched the previous run takes it briefly.
 */
export const CLAIM_WITHIN = 3000;

const NONE: LockManagerSnapshot = {};

type Shared = Pick<Experiment, 'record' | 'phase' | 'stages' | 'stage' | 'beginning' | 'checkpoint' | 'recovered' | 'silence'>;

type TabMessage = { readonly version: number } & (
  | { readonly type: 'who-trains' }
  /** The state sent to a tab that arrives in the middle of a run. */
  | { readonly type: 'state'; readonly state: Shared }
  | { readonly type: 'events'; readonly events: readonly WorkerEvent[] }
);

/** Events about a run; the others are about a tab's own device, log and models. */
const TOLD: ReadonlySet<WorkerEvent['type']> = new Set<WorkerEvent['type']>([
  ...(['phase', 'progress', 'base', 'started', 'step', 'warning', 'evaluation', 'profile'] as const),
  ...(['fidelity', 'inference', 'finished', 'checkpoint', 'recovering', 'silence', 'failed'] as const),
]);

export interface Tabs {
  /**
   * Makes this tab the one that trains, until `release`.
   * @returns false if another tab is, or `release` was called meanwhile
   */
  readonly claim: () => Promise<boolean>;
  readonly release: () => void;
  /** Whether another tab trains. */
  readonly taken: () => Promise<boolean>;
  /** Sends other tabs the events of the run. */
  readonly tell: (events: readonly WorkerEvent[]) => void;
  readonly dispose: () => void;
}

/** @param onFree called when the training tab has ended its run, or is closed */
export function joinTabs(onFree: () => void): Tabs {
  // Old browsers and pages without HTTPS have no locks; every tab is then alone.
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
  /** Resolves when the browser has released this tab's lock. */
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
      // A tab that arrived between two messages requests what it has missed.
      if (!isShown(data.events)) post({ version: VERSION, type: 'who-trains' });
      else useExperiment.setState(foldEvents(useExperiment.getState(), data.events));
    }
  };

  /** From the first message of another tab's run until its lock is free. */
  function watch(): void {
    if (useTabs.getState().watching) return;
    useTabs.setState({ watching: true });
    const free = locks!.request(LOCK, () => {
      useTabs.setState({ watching: false });
      // It ended without a final message: the tab was closed or crashed.
      if (isBusy(useExperiment.getState().phase)) useExperiment.setState({ phase: 'stopped', stage: null });
    });
    // Not before this tab has released the lock, too.
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
    // Browsers that are told to store nothing for a page deny it locks too; every tab is then alone.
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
      // The run that is watched here holds the lock until its end.
      if (useTabs.getState().watching) return Promise.resolve(false);
      return (claim ??= startClaim()).granted;
    },
    release: () => {
      claim?.cancel();
      release?.();
    },
    taken: async () => {
      // A lock of this tab that was just released is not another tab's.
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

/** Whether these events make sense here: they start a run, or continue the one that is shown. */
function isShown(events: readonly WorkerEvent[]): boolean {
  const { phase, source } = useExperiment.getState();
  return (
    events.some(({ type }) => type === 'started') ||
    (source === 'live' && isBusy(phase)) ||
    events.every(({ type }) => type === 'phase' || type === 'progress' || type === 'base')
  );
}

function sharedOf({ record, phase, stages, stage, beginning, checkpoint, recovered, silence, source }: Experiment): Shared {
  return { record: source === 'live' ? record : null, phase, stages, stage, beginning, checkpoint, recovered, silence };
}

function nothing(): void {
  // Nobody to tell.
}
