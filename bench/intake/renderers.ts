/** Memory of a browser's processes, as counted by Linux. */
import { readdirSync, readFileSync } from 'node:fs';
import { bytesIfRunning } from '../../src/testing/processMemory';

export interface RendererMemory {
  /**
   * Resident bytes of the largest renderer, including mapped files of the browser: now, and at the peak so
   * far.
   */
  readonly resident: number;
  readonly peakResident: number;
  /** Its current private bytes: what the browser's task manager calls its memory footprint. */
  readonly own: number;
}

function parentOf(pid: string): string {
  return /^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0';
}

/** Memory of the renderers below a process; zeros if there is no /proc. */
export function memoryOfRenderers(browser: number): RendererMemory {
  const children = new Map<string, string[]>();
  const pids = safely(() => readdirSync('/proc').filter((name) => /^\d+$/.test(name)), []);
  for (const pid of pids) {
    const parent = safely(() => parentOf(pid), '');
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  let most: RendererMemory = { resident: 0, peakResident: 0, own: 0 };
  const open = [String(browser)];
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    open.push(...(children.get(pid) ?? []));
    const own = pid;
    const isRenderer = safely(() => readFileSync(`/proc/${own}/cmdline`, 'utf8').includes('--type=renderer'), false);
    if (!isRenderer || bytesIfRunning(own, 'VmHWM') < most.peakResident) continue;
    most = {
      resident: bytesIfRunning(own, 'VmRSS'),
      peakResident: bytesIfRunning(own, 'VmHWM'),
      own: bytesIfRunning(own, 'RssAnon'),
    };
  }
  return most;
}

/** Processes may end while they are being read. */
function safely<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
