/** JavaScript heaps of a page and of its workers. */
import type { CDPSession, Page } from '@playwright/test';

interface Reply {
  readonly id: number;
  readonly result?: { readonly usedSize?: number };
}

/** Chromium tells of a worker's heap only through the worker's own session, which is spoken to through the page's. */
export class Heaps {
  #asked = 0;
  readonly #workers = new Set<string>();
  readonly #waiting = new Map<number, (reply: Reply) => void>();

  private constructor(private readonly page: CDPSession) {
    page.on('Target.attachedToTarget', ({ sessionId, targetInfo }) => {
      if (targetInfo.type === 'worker') this.#workers.add(sessionId);
    });
    page.on('Target.detachedFromTarget', ({ sessionId }) => this.#workers.delete(sessionId));
    page.on('Target.receivedMessageFromTarget', ({ message }) => {
      const reply = JSON.parse(message) as Reply;
      this.#waiting.get(reply.id)?.(reply);
      this.#waiting.delete(reply.id);
    });
  }

  static async of(page: Page): Promise<Heaps> {
    const session = await page.context().newCDPSession(page);
    const heaps = new Heaps(session);
    await session.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: false });
    return heaps;
  }

  /** Bytes in use once garbage is collected, of the page and of all its workers. */
  async used(): Promise<{ readonly page: number; readonly workers: number }> {
    await this.page.send('HeapProfiler.collectGarbage');
    const { usedSize: page } = await this.page.send('Runtime.getHeapUsage');
    let workers = 0;
    for (const session of this.#workers) {
      await this.#ask(session, 'HeapProfiler.collectGarbage');
      workers += (await this.#ask(session, 'Runtime.getHeapUsage')).result?.usedSize ?? NaN;
    }
    return { page, workers };
  }

  #ask(sessionId: string, method: string): Promise<Reply> {
    const id = ++this.#asked;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, resolve);
      this.page.send('Target.sendMessageToTarget', { sessionId, message: JSON.stringify({ id, method }) }).catch(reject);
    });
  }
}
