/** JavaScript heaps of a page and of its workers. */
import type { CDPSession, Page } from '@playwright/test';

interface Reply {
  readonly id: number;
  readonly result?: { readonly usedSize?: number; readonly backingStorageSize?: number };
}

/** A part of a heap snapshot, as it streams in. */
interface Chunk {
  readonly chunk: string;
}

/** The fields of a heap snapshot that are read; nodes are flat. */
interface Snapshot {
  readonly snapshot: {
    readonly meta: { readonly node_fields: readonly string[]; readonly node_types: readonly (readonly string[])[] };
  };
  readonly nodes: readonly number[];
}

/** In bytes. */
export interface HeapUse {
  /**
   * All that is in use, with what V8 has compiled: some megabytes more or less as it compiles functions and
   * lets old ones go.
   */
  readonly used: number;
  /** Objects, arrays, numbers and texts of scripts alone, and what array buffers hold. */
  readonly objects: number;
}

/**
 * Kinds of nodes of a snapshot that are no values of scripts: compiled functions, hidden classes, and the
 * browser's own.
 */
const NOT_OBJECTS = new Set(['code', 'object shape', 'native', 'synthetic', 'hidden']);

/**
 * Chromium reports a worker's heap only through the worker's own session, which is reached through the
 * page's.
 */
export class Heaps {
  #asked = 0;
  readonly #workers = new Set<string>();
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  /** Of the snapshot under way. */
  #chunks: string[] = [];

  private constructor(private readonly page: CDPSession) {
    page.on('Target.attachedToTarget', ({ sessionId, targetInfo }) => {
      if (targetInfo.type === 'worker') this.#workers.add(sessionId);
    });
    page.on('Target.detachedFromTarget', ({ sessionId }) => this.#workers.delete(sessionId));
    page.on('Target.receivedMessageFromTarget', ({ message }) => {
      const reply = JSON.parse(message) as Reply & { readonly method?: string; readonly params?: Chunk };
      if (reply.method === 'HeapProfiler.addHeapSnapshotChunk') this.#chunks.push(reply.params!.chunk);
      this.#waiting.get(reply.id)?.(reply);
      this.#waiting.delete(reply.id);
    });
    page.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }: Chunk) => this.#chunks.push(chunk));
  }

  static async of(page: Page): Promise<Heaps> {
    const session = await page.context().newCDPSession(page);
    const heaps = new Heaps(session);
    await session.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: false });
    return heaps;
  }

  /** Of the page and of all its workers together, once garbage is collected. */
  async measure(): Promise<HeapUse> {
    const page = this.page.send.bind(this.page) as (method: string) => Promise<Reply['result']>;
    const workers = [...this.#workers].map((id) => async (method: string) => (await this.#ask(id, method)).result);
    let [used, objects] = [0, 0];
    for (const send of [page, ...workers]) {
      // What the first collection finalises is garbage to the second.
      await send('HeapProfiler.collectGarbage');
      await send('HeapProfiler.collectGarbage');
      const { usedSize = NaN, backingStorageSize = NaN } = (await send('Runtime.getHeapUsage')) ?? {};
      used += usedSize;
      objects += backingStorageSize;
      this.#chunks = [];
      await send('HeapProfiler.takeHeapSnapshot');
      objects += objectBytes(JSON.parse(this.#chunks.join('')) as Snapshot);
      this.#chunks = [];
    }
    return { used, objects };
  }

  #ask(sessionId: string, method: string): Promise<Reply> {
    const id = ++this.#asked;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, resolve);
      this.page.send('Target.sendMessageToTarget', { sessionId, message: JSON.stringify({ id, method }) }).catch(reject);
    });
  }
}

function objectBytes({ snapshot: { meta }, nodes }: Snapshot): number {
  const [type, size] = [meta.node_fields.indexOf('type'), meta.node_fields.indexOf('self_size')];
  let bytes = 0;
  for (let node = 0; node < nodes.length; node += meta.node_fields.length)
    if (!NOT_OBJECTS.has(meta.node_types[0]![nodes[node + type]!]!)) bytes += nodes[node + size]!;
  return bytes;
}
