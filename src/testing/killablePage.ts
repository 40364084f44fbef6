/**
 * The built page in a browser with its own profile, whose run is followed from outside and which can be
 * killed at any moment.
 */
import type { BrowserContext, CDPSession, Page } from '@playwright/test';
import type { WorkerEvent } from '../runtime/protocol';

/**
 * `page`: its renderer process, with its workers; `worker`: only its training worker, without notifying the
 * page; `browser`: all of its processes.
 */
export const KILLED = ['page', 'worker', 'browser'] as const;
export type Killed = (typeof KILLED)[number];

/** The events of a run that are followed. */
interface Told {
  readonly type: WorkerEvent['type'];
  readonly arm?: string;
  readonly columns?: { readonly step: number; readonly seconds: number };
  readonly problem?: string | null;
}

const TELL = 'karmaTestTold';

/** Runs in the page, so it must not use anything else in this file. */
function follow(tell: string): void {
  const workers = new Set<Worker>();
  const OfBrowser = window.Worker;
  window.Worker = class extends OfBrowser {
    constructor(script: string | URL, options?: WorkerOptions) {
      super(script, options);
      if (String(script).includes('trainingWorker')) workers.add(this);
    }
  };
  const told = (window as unknown as Record<string, (events: readonly Told[]) => void>)[tell]!;
  // What a tab tells other tabs about its run.
  new BroadcastChannel('karma-run').onmessage = ({ data }: MessageEvent<{ readonly events?: readonly Told[] }>) => {
    const events = data.events?.filter(({ type }) => ['step', 'checkpoint', 'finished', 'failed'].includes(type)) ?? [];
    if (events.length > 0)
      told(events.map(({ type, arm, columns, problem }) => JSON.parse(JSON.stringify({ type, arm, columns, problem })) as Told));
  };
  Object.assign(window, {
    karmaTestKillWorkers: () => {
      for (const worker of workers) worker.terminate();
    },
  });
}

/** What was reported of a run since its first step, however often it was killed. */
export class RunHeard {
  /** Seconds of training of an arm at each of its steps. */
  readonly #seconds = new Map<string, Map<number, number>>();
  /** Whether a checkpoint was reported as stored. */
  kept = false;
  ended: 'finished' | 'failed' | null = null;
  /** `performance.now()` when the last step was reported. */
  heardAt: number | null = null;

  hear({ type, arm, columns, problem }: Told): void {
    if (type === 'step' && arm !== undefined && columns !== undefined) {
      const steps = this.#seconds.get(arm) ?? new Map<number, number>();
      this.#seconds.set(arm, steps.set(columns.step, columns.seconds));
      this.heardAt = performance.now();
    }
    if (type === 'checkpoint' && problem === null) this.kept = true;
    if (type === 'finished' || type === 'failed') this.ended = type;
  }

  /** Seconds of training of all arms after a step. */
  secondsSince(step: number): number {
    let seconds = 0;
    for (const steps of this.#seconds.values()) {
      const last = Math.max(step, ...steps.keys());
      seconds += (steps.get(last) ?? 0) - (steps.get(step) ?? 0);
    }
    return seconds;
  }

  /** The run continues from a step, so later ones are taken again. */
  goOnFrom(step: number): void {
    for (const steps of this.#seconds.values())
      for (const later of [...steps.keys()].filter((one) => one > step)) steps.delete(later);
    this.heardAt = null;
  }
}

export class KillablePage {
  heard = new RunHeard();

  private constructor(
    private readonly launch: () => Promise<BrowserContext>,
    private context: BrowserContext,
    /** The current page; another one after a kill. */
    public page: Page,
  ) {}

  /** @param launch the browser, always with the same profile */
  static async open(launch: () => Promise<BrowserContext>): Promise<KillablePage> {
    const context = await launch();
    const killable = new KillablePage(launch, context, context.pages()[0] ?? (await context.newPage()));
    await killable.#follow();
    return killable;
  }

  async #follow(): Promise<void> {
    await this.context.exposeBinding(TELL, (_, events: readonly Told[]) => {
      for (const event of events) this.heard.hear(event);
    });
    await this.context.addInitScript(follow, TELL);
  }

  /**
   * A killed worker leaves the page open; otherwise there is a new page, which has not loaded any URL yet.
   */
  async kill(what: Killed): Promise<void> {
    if (what === 'worker') {
      await this.page.evaluate(() => {
        (window as unknown as { karmaTestKillWorkers(): void }).karmaTestKillWorkers();
      });
      return;
    }
    if (what === 'page') {
      const crashed = this.page.waitForEvent('crash');
      unanswered(await this.context.newCDPSession(this.page), 'Page.crash');
      await crashed;
      const next = await this.context.newPage();
      await this.page.close();
      this.page = next;
      return;
    }
    const closed = this.context.waitForEvent('close');
    unanswered(await this.context.browser()!.newBrowserCDPSession(), 'Browser.crash');
    await closed;
    this.context = await this.launch();
    await this.#follow();
    this.page = await this.context.newPage();
  }

  async close(): Promise<void> {
    await this.context.close();
  }
}

/** A killed page reports nothing more. */
function unanswered(session: CDPSession, command: 'Page.crash' | 'Browser.crash'): void {
  session.send(command).catch(() => undefined);
}
