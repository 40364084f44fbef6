/** The page as a user operates it: what to press, and what to read. */
import { isDeepStrictEqual } from 'node:util';
import {
  expect,
  test as base,
  type Browser,
  type BrowserContext,
  type FullProject,
  type Locator,
  type Page,
} from '@playwright/test';
import { readLink } from '../../src/files/shareLink';
import type { LogFile } from './logs';

/** A run that a software adapter finishes in seconds. */
export const TINY = {
  'training.steps': '2',
  'training.batchSize': '4',
  'evaluation.evaluations': '1',
  'evaluation.sampleUsers': '8',
  'evaluation.probes': '2',
  'evaluation.finalUsers': '8',
  // 16 texts, 64 of the model's domain and three prompts would take longer than the steps.
  'evaluation.texts': '2',
  'evaluation.domainTexts': '["harp: a stringed instrument"]',
  'evaluation.prompts': '',
} as const;

/**
 * The same with the action loss alone, where arms do not matter: half of the kernels are neither compiled nor
 * run.
 */
export const ONE_ARM = { ...TINY, arms: JSON.stringify([{ id: 'action', label: 'Action' }]) } as const;

export function recipeHash(fields: Readonly<Record<string, string>>): string {
  return `#${new URLSearchParams({ v: '1', preset: 'quick', ...fields }).toString()}`;
}

export interface Playground {
  readonly page: Page;
  readonly run: Locator;
  /** In the place of Run while a run is paused. */
  readonly resume: Locator;
  readonly pause: Locator;
  readonly step: Locator;
  readonly stop: Locator;
  /** The status: `Running`, `Paused`, … */
  readonly status: Locator;
  readonly alert: Locator;
  readonly scrubber: Locator;
  /** Opens the page with a recipe in its URL; waits until a device is found. */
  open(fields?: Readonly<Record<string, string>>): Promise<void>;
  /** Approves the hub that the page asks about. */
  agree(): Promise<void>;
  drop(...files: readonly LogFile[]): Promise<void>;
  /** The dialog that reads a log. */
  readonly intake: Locator;
  /** Goes to a step of that dialog. */
  intakeStep(title: string): Promise<void>;
  /** Drops a log and uses it as recognised. */
  openLog(...files: readonly LogFile[]): Promise<void>;
  panel(name: string): Locator;
  /**
   * Shows what the page's views have: the inspector is in sight where something is tried, runs and grid are
   * parts of experiments.
   */
  readonly view: (name: 'Story' | 'Try it' | 'Inspector' | 'Runs' | 'Grid' | 'Learn') => Promise<void>;
  /** Opens a panel's data table, and reads it. */
  table(name: string): Promise<Record<string, string>[]>;
  /** Learning rate and steps, in the recipe. */
  readonly choices: Locator;
  /** A section of the recipe, opened. */
  section(title: string): Promise<Locator>;
  /**
   * Waits until the run has finished.
   * @param timeout milliseconds.
   * @throws with what the page says when it fails
   */
  finished(timeout?: number): Promise<void>;
  /** Last step of an arm, as the run bar shows it. */
  stepOf(arm: string): Promise<number>;
  /** Pixels of an arm's attention map. */
  map(model: string): Promise<string>;
}

export function playgroundOn(page: Page): Playground {
  const bar = page.getByRole('banner');
  const button = (name: string): Locator => bar.getByRole('button', { name, exact: true });
  const intake = page.getByRole('dialog', { name: /^Open a log/ });
  const panel = (name: string): Locator => page.getByRole('figure', { name, exact: true });
  const playground: Playground = {
    page,
    intake,
    run: button('Run'),
    resume: button('Resume'),
    pause: button('Pause'),
    step: button('Step'),
    stop: button('Stop'),
    status: bar.getByRole('status'),
    alert: page.getByRole('main').getByRole('alert'),
    scrubber: page.getByRole('slider', { name: 'Step shown' }),
    panel,
    view: async (name) => {
      const views = page.getByRole('navigation', { name: 'Views' });
      const part = ['Runs', 'Grid'].includes(name);
      await views.getByRole('button', { name: part ? 'Experiments' : name === 'Inspector' ? 'Try it' : name }).click();
      if (part) await page.getByRole('navigation', { name: 'Experiments' }).getByRole('button', { name }).click();
    },
    choices: page.getByRole('region', { name: 'Learning rate and steps' }),
    async open(fields = {}) {
      await page.goto(`./${recipeHash(fields)}`);
      // An adapter is a separate process, which a busy machine starts late.
      await expect(bar).toHaveAttribute('data-device', 'ready', { timeout: 120_000 });
    },
    async agree() {
      const question = page.getByRole('status', { name: 'Another hub' });
      await question.getByRole('button', { name: 'Use it' }).click();
      await expect(question).toBeHidden();
    },
    async drop(...files) {
      const transfer = await page.evaluateHandle((given) => {
        const data = new DataTransfer();
        for (const { name, text } of given) data.items.add(new File([text], name));
        return data;
      }, files);
      // The page may not listen yet, and a file is moved more than once over a page.
      await expect(async () => {
        await page.dispatchEvent('body', 'dragover', { dataTransfer: transfer });
        await expect(page.getByText('Your data never leaves this tab.').last()).toBeVisible({ timeout: 500 });
      }).toPass({ timeout: 15_000 });
      await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
    },
    async intakeStep(title) {
      const steps = intake.getByRole('list', { name: 'Steps' });
      const change = intake.getByRole('button', { name: 'Change columns, filters, split' });
      await expect(steps.or(change)).toBeVisible();
      if (await change.isVisible()) await change.click();
      await steps.getByRole('button', { name: title }).click();
    },
    async openLog(...files) {
      await playground.drop(...files);
      await intake.getByRole('button', { name: 'Use this log' }).click();
      await expect(intake).toBeHidden();
    },
    async table(name) {
      const region = page.getByRole('region', { name: `Data of ${name}` });
      // Where a table is open already it comes with its panel.
      await panel(name).waitFor();
      if (!(await region.isVisible())) {
        await panel(name).getByRole('button', { name: 'Options' }).click();
        await panel(name).getByRole('menuitem', { name: 'Data table' }).click();
        await region.waitFor();
      }
      const [head = [], ...rows] = await region
        .locator('tr')
        .evaluateAll((lines) => lines.map((line) => [...line.children].map((cell) => cell.textContent)));
      return rows.map((row) => Object.fromEntries(head.map((column, index) => [column, row[index] ?? ''])));
    },
    async section(title) {
      const further = page.locator('details').filter({ has: page.getByText('All settings', { exact: true }) });
      const behind = ['LoRA', 'Objective', 'Training', 'Evaluation'].includes(title);
      if (behind && (await further.getAttribute('open')) === null)
        await further.getByText('All settings', { exact: true }).click();
      const section = page.getByRole('complementary', { name: 'Recipe' }).getByRole('region').or(page.locator('section'));
      const own = section.filter({ has: page.getByRole('heading', { level: 3 }).filter({ hasText: title }) }).first();
      const heading = own.getByRole('heading', { level: 3 }).getByRole('button');
      if ((await heading.getAttribute('aria-expanded')) === 'false') await heading.click();
      return own;
    },
    async finished(timeout = 120_000) {
      await expect(playground.status).toHaveText(/^(Finished|Failed)$/, { timeout });
      if ((await playground.status.innerText()) === 'Failed')
        throw new Error(`The run failed: ${(await playground.alert.allInnerTexts()).join(' · ')}`);
    },
    async stepOf(arm) {
      const text = await page
        .getByRole('list', { name: 'Progress of the arms' })
        .getByRole('listitem')
        .filter({ hasText: arm })
        .innerText();
      return Number(/step ([\d,]+)/.exec(text)?.[1]?.replace(',', '') ?? NaN);
    },
    map(model) {
      return (
        page
          .getByRole('img', { name: new RegExp(`^Attention of ${model}, layer`) })
          // In the picture; below it there is another, with labels of every arm.
          .first()
          .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL())
      );
    },
  };
  return playground;
}

/** Errors that a page throws or logs, from now on. */
export function errorsOf(page: Page): string[] {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  return errors;
}

/** In the page: opens all details below the picture. */
export function unfold(): void {
  try {
    localStorage.setItem('karma-unfolded', 'on');
  } catch {
    // A test may deny storage.
  }
}

/** A profile with the options of playwright.config.ts. */
function usualContext(browser: Browser, { use: { baseURL, viewport, contextOptions } }: FullProject): Promise<BrowserContext> {
  return browser.newContext({ ...contextOptions, baseURL: baseURL!, viewport: viewport!, serviceWorkers: 'block' });
}

/**
 * Groups of stored files that no test sees: an adapter's speed, certificates of models, and features of items
 * by the embedded model.
 */
const COMPUTED = ['tile ratings', 'certificates', 'wordnet-1m'];

/** Deletes what earlier visits left in the browser, except what it computed. */
async function forgetVisits(page: Page): Promise<void> {
  await page.evaluate(async (computed) => {
    localStorage.clear();
    sessionStorage.clear();
    for (const { name } of await indexedDB.databases()) indexedDB.deleteDatabase(name!);
    for (const name of await caches.keys()) await caches.delete(name);
    const root = await navigator.storage.getDirectory();
    const names = async (folder: FileSystemDirectoryHandle): Promise<string[]> => {
      const found: string[] = [];
      for await (const name of folder.keys()) found.push(name);
      return found;
    };
    for (const name of await names(root)) {
      if (name !== 'karma') {
        await root.removeEntry(name, { recursive: true });
        continue;
      }
      const files = await root.getDirectoryHandle(name);
      for (const facts of (await names(files)).filter((file) => file.endsWith('.json'))) {
        const text = await (await (await files.getFileHandle(facts)).getFile()).text();
        const { group } = JSON.parse(text) as { readonly group: string };
        if (computed.includes(group)) continue;
        await files.removeEntry(facts.slice(0, -'.json'.length)).catch(() => undefined);
        await files.removeEntry(facts);
      }
    }
  }, COMPUTED);
}

/** A page that tests leave to the next one, and its errors since the last test. */
interface Visit {
  readonly page: Page;
  readonly errors: string[];
}

interface Fixtures {
  readonly playground: Playground;
  /**
   * Who comes: somebody `new`, or with all that a test can see deleted but not what would be computed again,
   * which takes seconds. Options of a browser context, other than its viewport, count only for somebody new.
   */
  readonly visitor: 'new' | 'back';
  /** Whether details below the picture are open, as a visitor left them. */
  readonly details: 'open' | 'folded';
}

/** A profile that tests use after one another, and a page in it that stays open to delete what is stored. */
interface Profile {
  readonly context: BrowserContext;
  readonly keeper: Page;
}

interface WorkerFixtures {
  readonly profile: Profile;
  readonly visit: Visit;
}

/**
 * Makes a test fail on any error that the page throws or logs. Every spec takes this or {@link sharedTest}:
 * Playwright's own has workers of its own, and each switch between them begins with a new browser and ends
 * the shared visit.
 */
export const test = base.extend<Fixtures, WorkerFixtures>({
  visitor: ['back', { option: true }],
  details: ['open', { option: true }],
  context: async ({ context, visitor, profile }, use) => {
    if (visitor === 'new') {
      await use(context);
      return;
    }
    const { context: shared, keeper } = profile;
    await forgetVisits(keeper);
    await use(shared);
    const visits = shared.pages().filter((page) => page !== keeper);
    await Promise.all(visits.map((page) => page.close()));
    await shared.unrouteAll();
    await shared.setOffline(false);
  },
  page: async ({ page, visitor, viewport }, use, testInfo) => {
    if (visitor === 'back') await page.setViewportSize(viewport!);
    const errors = errorsOf(page);
    page.on('requestfailed', (request) => errors.push(`${request.url()}: ${request.failure()?.errorText ?? 'failed'}`));
    await use(page);
    if (testInfo.status !== testInfo.expectedStatus && errors.length > 0)
      await testInfo.attach('errors of the page', { body: errors.join('\n'), contentType: 'text/plain' });
  },
  playground: async ({ page, details }, use) => {
    const errors = errorsOf(page);
    if (details === 'open') await page.addInitScript(unfold);
    await use(playgroundOn(page));
    expect(errors).toEqual([]);
  },
  profile: [
    async ({ browser }, use, { project }) => {
      const context = await usualContext(browser, project);
      const keeper = await context.newPage();
      // A file of the site, since the page itself would begin at once.
      await keeper.goto('./favicon.svg');
      await use({ context, keeper });
      await context.close();
    },
    { scope: 'worker' },
  ],
  visit: [
    async ({ browser }, use, { project }) => {
      const context = await usualContext(browser, project);
      const page = await context.newPage();
      await page.addInitScript(unfold);
      await use({ page, errors: errorsOf(page) });
      await context.close();
    },
    { scope: 'worker' },
  ],
});

/**
 * For tests that do not need a visit of their own: those of a worker share one, so that the page is opened,
 * its model checked and its kernels compiled once. A test finds its own recipe and the sample store there,
 * but the last test's run, saved runs, stored files and approved hubs.
 */
export const sharedTest = test.extend<{ playground: Playground }>({
  playground: async ({ visit }, use) => {
    await use(sharedPlayground(visit));
    expect(visit.errors.splice(0)).toEqual([]);
  },
});

export function sharedPlayground({ page }: Visit): Playground {
  const own = playgroundOn(page);
  const open = (fields: Readonly<Record<string, string>> = {}): Promise<void> =>
    page.url() === 'about:blank' ? own.open(fields) : anew(own, recipeHash(fields));
  return { ...own, open };
}

/** What is left of the last test goes, and the recipe of a link is opened as a file. */
async function anew({ page, status, stop }: Playground, link: string): Promise<void> {
  const read = readLink(link);
  if (read.kind !== 'recipe') throw new Error(`${link} is no recipe`);
  // A reload reads the recipe of this test.
  await page.evaluate((hash) => {
    history.replaceState(null, '', `./${hash}`);
  }, link);
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.emulateMedia({ colorScheme: 'light', media: 'screen' });
  while ((await page.locator('dialog[open]').count()) > 0) await page.keyboard.press('Escape');
  await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Try it' }).click();
  if (await stop.isEnabled()) {
    await stop.click();
    await expect(status).toHaveText('Stopped', { timeout: 60_000 });
  }
  const side = page.locator('[data-side-button][aria-pressed=true]');
  if (await side.isVisible()) await side.click();
  const sample = page.getByRole('button', { name: 'Back to the sample store' });
  if (await sample.isVisible()) await sample.click();
  const draft = (): Promise<unknown> =>
    page.evaluate(() => (JSON.parse(localStorage.getItem('karma-recipe') ?? '{}') as { readonly draft?: unknown }).draft);
  const wanted = JSON.parse(JSON.stringify(read.spec)) as unknown;
  if (isDeepStrictEqual(await draft(), wanted)) return;
  const file = JSON.stringify({ format: 'karma-recipe', version: 1, appVersion: '0.0.0', spec: read.spec });
  await page
    .getByLabel('Open records')
    .setInputFiles({ name: 'recipe.json', mimeType: 'application/json', buffer: Buffer.from(file) });
  await expect.poll(draft).toEqual(wanted);
}
export { expect };
