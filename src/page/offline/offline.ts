/** Whether the page can be opened again without a network. */
import { create } from 'zustand';

/** `never`: a development server, or a browser or address that has no service workers. */
type OfflineState = 'never' | 'preparing' | 'ready' | 'failed';

export const useOffline = create<{ readonly state: OfflineState }>()(() => ({ state: 'never' }));

/** Has the browser keep the page's own files; nothing else waits for it. */
export async function prepareOffline(): Promise<void> {
  const workers = (navigator as { serviceWorker?: ServiceWorkerContainer }).serviceWorker;
  if (!import.meta.env.PROD || workers === undefined) return;
  const say = (state: OfflineState): void => {
    useOffline.setState({ state });
  };
  say('preparing');
  try {
    // What is on screen comes first.
    if (document.readyState !== 'complete') {
      await new Promise((loaded) => {
        addEventListener('load', loaded, { once: true });
      });
    }
    const registration = await workers.register(`${import.meta.env.BASE_URL}serviceWorker.js`);
    if (registration.active !== null) say('ready');
    const follow = (): void => {
      const { installing } = registration;
      installing?.addEventListener('statechange', () => {
        if (installing.state === 'activated') say('ready');
        // One that a newer build could not replace goes on.
        if (installing.state === 'redundant' && registration.active === null) say('failed');
      });
    };
    follow();
    registration.addEventListener('updatefound', follow);
  } catch (error) {
    console.warn('The page could not be prepared for use without a network.', error);
    say('failed');
  }
}
