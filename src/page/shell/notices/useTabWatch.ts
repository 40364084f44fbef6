import { useEffect, useState } from 'react';

export interface TabWatch {
  /** Seconds for which the tab was hidden while running, since the last dismissal. */
  readonly hiddenSeconds: number;
  readonly dismiss: () => void;
}

/** Measures how long the tab is hidden during training, and keeps the screen awake while it is not. */
export function useTabWatch(running: boolean): TabWatch {
  const [hiddenSeconds, setHiddenSeconds] = useState(0);
  useEffect(() => {
    if (!running) return;
    let since: number | null = document.hidden ? performance.now() : null;
    let lock: WakeLockSentinel | null = null;
    let over = false;
    const keepAwake = async (): Promise<void> => {
      // Absent in some browsers, refused on low battery: training continues either way.
      if (!('wakeLock' in navigator) || document.hidden) return;
      try {
        lock = await navigator.wakeLock.request('screen');
        if (over) await lock.release();
      } catch (error) {
        if (!(error instanceof DOMException)) throw error;
      }
    };
    const onChange = (): void => {
      if (document.hidden) {
        since = performance.now();
        return;
      }
      if (since !== null) {
        const seconds = Math.round((performance.now() - since) / 1000);
        setHiddenSeconds((before) => before + seconds);
      }
      since = null;
      void keepAwake();
    };
    void keepAwake();
    document.addEventListener('visibilitychange', onChange);
    return () => {
      over = true;
      document.removeEventListener('visibilitychange', onChange);
      void lock?.release();
    };
  }, [running]);
  return {
    hiddenSeconds,
    dismiss: () => {
      setHiddenSeconds(0);
    },
  };
}
