/** Spins when asked, in a worker of its own. */
import { spin } from './spin';

self.addEventListener('message', ({ data }: MessageEvent<number>) => {
  self.postMessage(spin(data));
});
