/**
 * Files of ten megabytes are dropped on the built page, intact and damaged: what the page says, and what that
 * costs.
 */
import { writeFileSync } from 'node:fs';
import type { Browser, Page } from '@playwright/test';
import { errorsOf, expect, playgroundOn } from '../../e2e/support/playground';
import type { PageBench } from '../../e2e/support/pageBench';
import { processesOf, type BrowserProcess } from '../../e2e/support/processes';
import { makeLargeFiles } from '../../e2e/support/largeFiles';
import type { Campaign } from '../../src/testing/campaign';
import { processBytes } from '../../src/testing/processMemory';
import { DAMAGES, damaged } from '../../src/testing/damage';

/** More than any file may take, however busy the machine: meant to detect hangs. */
const HANG = 300_000;
const MOST_MEGABYTES = 500;
const MEGABYTE = 1e6;

const campaign: Campaign<PageBench> = {
  claim: `a file of 10 MB, whole, cut or changed, is answered, takes less than ${MOST_MEGABYTES} MB, and leaves the page as it was or as the file says`,
  cases: 48,
  // One page each, and minutes on a busy machine.
  sample: 0,
  open: async (_seed, { browser, url }) => {
    const large = await makeLargeFiles();
    return {
      cases: DAMAGES.length * large.length,
      run: async (index) => {
        const { kind, files } = large[Math.floor(index / DAMAGES.length)]!;
        const damage = DAMAGES[index % DAMAGES.length]!;
        const [[name, bytes], ...others] = [...(await files())] as [
          [string, Uint8Array<ArrayBuffer>],
          ...[string, Uint8Array<ArrayBuffer>][],
        ];
        const given = new Map([[name, damaged(bytes, damage)], ...others]);
        // A separate page, since a page shows the run opened last.
        const context = await browser.newContext({ baseURL: url, serviceWorkers: 'block', reducedMotion: 'reduce' });
        await context.route('**/given/*', async (route) => {
          const asked = given.get(decodeURIComponent(new URL(route.request().url()).pathname.split('/').at(-1)!));
          await route.fulfill(asked === undefined ? { status: 404 } : { body: Buffer.from(asked) });
        });
        const page = await context.newPage();
        try {
          const errors = errorsOf(page);
          await playgroundOn(page).open();
          await expect(page.getByRole('banner')).toContainText('Recorded run');
          const cost = await costOf(browser, page, [...given.keys()]);
          console.info(
            `largeFiles | ${kind} | ${damage} | ${cost.seconds.toFixed(1)} | ${cost.processor.toFixed(1)} | ${cost.longest.toFixed(0)} | ${cost.longestWall.toFixed(0)} | ${cost.megabytes.toFixed(0)} | ${cost.answer} |`,
          );
          expect(errors).toEqual([]);
          expect(cost.megabytes).toBeLessThan(MOST_MEGABYTES);
          return {
            's to an answer': cost.seconds,
            's of processor time': cost.processor,
            'ms of processor time in the longest task of the page': cost.longest,
            'MB more at the peak': cost.megabytes,
          };
        } finally {
          await context.close();
        }
      },
    };
  },
};
export default campaign;

interface Cost {
  readonly answer: string;
  readonly seconds: number;
  /** CPU time of all threads of the page's process. */
  readonly processor: number;
  /** Milliseconds of the page's own thread in its longest task, in CPU time and in wall time. */
  readonly longest: number;
  readonly longestWall: number;
  /** Increase of resident memory at the peak. */
  readonly megabytes: number;
}

/** Drops files, and measures until the page has answered. */
async function costOf(browser: Browser, page: Page, names: readonly string[]): Promise<Cost> {
  const transfer = await page.evaluateHandle(async (wanted) => {
    const data = new DataTransfer();
    for (const name of wanted) data.items.add(new File([await (await fetch(`given/${name}`)).blob()], name));
    return data;
  }, names);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('HeapProfiler.collectGarbage');
  const renderer = await rendererOf(browser);
  const before = processBytes(renderer.id, 'VmRSS');
  writeFileSync(`/proc/${renderer.id}/clear_refs`, '5');
  await browser.startTracing(page, { categories: ['toplevel'] });
  const began = performance.now();
  let answered: { readonly answer: string; readonly seconds: number };
  let trace: Buffer;
  try {
    await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
    const answer = await answerOf(page);
    answered = { answer, seconds: (performance.now() - began) / 1000 };
    // Drawing after the answer counts too.
    await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve, { timeout: 60_000 })));
  } finally {
    trace = await browser.stopTracing();
  }
  const tasks = mainTasks(JSON.parse(trace.toString()) as Trace, renderer.id);
  const after = await rendererOf(browser);
  return {
    ...answered,
    processor: after.cpuTime - renderer.cpuTime,
    longest: Math.max(0, ...tasks.map(({ tdur = 0 }) => tdur / 1000)),
    longestWall: Math.max(0, ...tasks.map(({ dur = 0 }) => dur / 1000)),
    megabytes: (processBytes(renderer.id, 'VmHWM') - before) / MEGABYTE,
  };
}

/** The page's answer: a usable log, what was opened, or why not. */
async function answerOf(page: Page): Promise<string> {
  const intake = page.getByRole('dialog', { name: /^Open a log/ });
  const recipe = page.getByRole('complementary', { name: 'Recipe' });
  const answers = [
    intake.getByRole('alert'),
    intake.getByRole('button', { name: 'Use this log', disabled: false }),
    page.getByRole('main').getByRole('alert'),
    page.getByRole('banner').getByText('Opened record'),
    page.getByRole('region', { name: 'Saved runs' }),
    recipe.getByText(/local:/),
    page.getByRole('status', { name: /[Aa]dapter/ }),
    page.getByRole('dialog', { name: /[Aa]dapter/ }),
  ];
  const any = answers.reduce((one, other) => one.or(other)).first();
  // A name that stands in the folded part of the form.
  const named = recipe.locator('input[value="A large recipe"]');
  const answered = async (): Promise<boolean> => (await any.isVisible()) || (await named.count()) > 0;
  await expect.poll(answered, { timeout: HANG, intervals: [50] }).toBe(true);
  const said = (await any.isVisible()) ? await any.innerText() : ((await named.getAttribute('value')) ?? '');
  return said.replaceAll(/\s+/g, ' ').slice(0, 120);
}

/** The busiest renderer is the page's; others draw the browser's own parts. */
async function rendererOf(browser: Browser): Promise<BrowserProcess> {
  const renderers = (await processesOf(browser)).filter(({ type }) => type === 'renderer');
  return renderers.reduce((one, other) => (other.cpuTime > one.cpuTime ? other : one));
}

interface TraceEvent {
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly name: string;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}
interface Trace {
  readonly traceEvents: readonly TraceEvent[];
}

/** Complete events of the page's own thread. */
function mainTasks({ traceEvents }: Trace, process: number): TraceEvent[] {
  const main = traceEvents.find(
    ({ ph, pid, name, args }) => ph === 'M' && pid === process && name === 'thread_name' && args?.name === 'CrRendererMain',
  );
  return traceEvents.filter(({ ph, pid, tid }) => ph === 'X' && pid === process && tid === main?.tid);
}
