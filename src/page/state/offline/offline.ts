/** Whether the page can be opened again without a network. */
import { create } from '../store';

/** `never`: a development server, or a browser or URL without service workers. */
type OfflineState = 'never' | 'preparing' | 'ready' | 'failed';

interface Offline {
  readonly state: OfflineState;
  /** A build other than this page's is installed, and is shown when the page is reloaded. */
  readonly newBuild: boolean;
}

export const useOffline = create<Offline>()(() => ({ state: 'never', newBuild: false }));

/** Milliseconds between checks for a newer build, in a page that stays open. */
const LOOK_EVERY = 3_600_000;

/** Has the browser store the page's own files; nothing else waits for it. */
export async function prepareOffline(): Promise<void> {
  const workers = (navigator as { serviceWorker?: ServiceWorkerContainer }).serviceWorker;
  if (!import.meta.env.PROD || workers === undefined) return;
  const say = (state: OfflineState): void => {
    useOffline.setState({ state });
  };
  say('preparing');
  try {
    // Loading the page itself comes first.
    if (document.readyState !== 'complete') {
      await new Promise((loaded) => {
        addEventListener('load', loaded, { once: true });
      });
    }
    const registration = await workers.register(`${import.meta.env.BASE_URL}serviceWorker.js`);
    if (registration.active !== null) say('ready');
    if (registration.waiting !== null) announce(registration.waiting);
    const follow = (): void => {
      const { installing } = registration;
      installing?.addEventListener('statechange', () => {
        if (installing.state === 'installed' && registration.active !== null) announce(installing);
        if (installing.state === 'activated') say('ready');
        // A worker that a newer build could not replace keeps running.
        if (installing.state === 'redundant' && registration.active === null) say('failed');
      });
    };
    follow();
    registration.addEventListener('updatefound', follow);
    setInterval(() => {
      // Without a network there can be no newer build.
      registration.update().catch(() => undefined);
    }, LOOK_EVERY);
  } catch (error) {
    console.warn('The page could not be prepared for use without a network.', error);
    say('failed');
  }
}

/** Says that a newer build is available, unless this page already is that build. */
function announce(worker: Pick<ServiceWorker, 'postMessage'>): void {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }: MessageEvent<boolean>) => {
    port1.close();
    if (!data) useOffline.setState({ newBuild: true });
  };
  worker.postMessage({ script: import.meta.url }, [port2]);
}
