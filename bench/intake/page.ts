/** The built page itself: a log dropped on it, until the audit is shown and *Use this log* can be pressed. */
import { chromium, type Page } from '@playwright/test';
import { preview } from 'vite';
import { CHROMIUM_FLAGS, installedChromium } from '../../src/cli/browserRun';
import { memoryOfRenderers, type RendererMemory } from './renderers';

/**
 * Interval of memory samples, in ms. Chromium resets the kernel's peak now and then, so the largest sample
 * counts.
 */
const EVERY = 50;

export interface PageStage {
  /** What the dialog said. */
  readonly says: string;
  /** Milliseconds from the drop. */
  readonly seconds: number;
  readonly memory: RendererMemory;
}

export interface PageMeasurement {
  readonly browser: string;
  readonly before: RendererMemory;
  /** From the drop to the moment in which the log can be used, or to its refusal. */
  readonly seconds: number;
  readonly peakResident: number;
  readonly peakOwn: number;
  /** What the dialog says at the end: what it keeps, or why it refuses. */
  readonly says: string;
  readonly refused: boolean;
  /** What the dialog said, in order, each line in its last form. */
  readonly stages: readonly PageStage[];
}

/**
 * @param root the repository's folder, built
 * @throws Error if the page neither offers the log nor refuses it
 */
export async function measurePage(root: string, files: readonly string[], limit = 600_000): Promise<PageMeasurement> {
  const server = await preview({ root, logLevel: 'error', preview: { host: '127.0.0.1', port: 0 } });
  const executablePath = installedChromium();
  const browser = await chromium.launch({ args: CHROMIUM_FLAGS, ...(executablePath === undefined ? {} : { executablePath }) });
  // The browser is a child of this process.
  const memory = (): RendererMemory => memoryOfRenderers(process.pid);
  try {
    const page = await browser.newPage({ serviceWorkers: 'block', reducedMotion: 'reduce' });
    await page.goto(server.resolvedUrls!.local[0]!);
    await page.getByRole('banner').getByText('swiftshader').waitFor({ timeout: 120_000 });
    const before = memory();
    const start = performance.now();
    const elapsed = (): number => (performance.now() - start) / 1000;
    await page.getByLabel('Open a log', { exact: true }).setInputFiles([...files]);
    const stages: PageStage[] = [];
    let [peakOwn, peakResident] = [0, 0];
    for (;;) {
      const { says, state } = await dialogOf(page);
      const now = memory();
      peakOwn = Math.max(peakOwn, now.own);
      peakResident = Math.max(peakResident, now.peakResident, now.resident);
      // Progress is reported a thousand times; changing numbers do not make a new stage.
      const stage = { says, seconds: elapsed(), memory: now };
      if (withoutNumbers(says) === withoutNumbers(stages.at(-1)?.says ?? '')) stages[stages.length - 1] = stage;
      else stages.push(stage);
      if (state !== 'busy') {
        const seconds = elapsed();
        return { browser: browser.version(), before, seconds, peakResident, peakOwn, says, refused: state === 'refused', stages };
      }
      if (1000 * elapsed() > limit) throw new Error(`The page says “${says}” after ${elapsed().toFixed(0)} s.`);
      await page.waitForTimeout(EVERY);
    }
  } finally {
    await browser.close();
    await server.close();
  }
}

function withoutNumbers(text: string): string {
  return text.replaceAll(/\d[\d,.]*/g, '');
}

/** What the dialog says, in one line. */
function dialogOf(page: Page): Promise<{ says: string; state: 'busy' | 'ready' | 'refused' }> {
  return page.evaluate(() => {
    const dialog = document.querySelector('[role=dialog], dialog');
    const text = (element: Element | null | undefined): string => (element?.textContent ?? '').replaceAll(/\s+/g, ' ').trim();
    const alert = dialog?.querySelector('[role=alert]');
    if (alert) return { says: text(alert), state: 'refused' as const };
    const use = [...(dialog?.querySelectorAll('button') ?? [])].find(({ textContent }) => textContent.startsWith('Use '));
    const ready = use !== undefined && !use.disabled;
    return { says: text(dialog?.querySelector('footer [role=status]')), state: ready ? ('ready' as const) : ('busy' as const) };
  });
}

/** One row for each stage, then the whole. */
export function pageTable(
  format: string,
  { browser, before, seconds, peakResident, peakOwn, says, stages }: PageMeasurement,
): string {
  const row = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
  const memory = ({ resident, own }: RendererMemory): string[] => [megabytes(resident), megabytes(own)];
  return [
    row(`${format}, Chromium ${browser}`, 'after', 'resident', 'of which its own'),
    row('---', '---', '---', '---'),
    row('the page before the drop', '', ...memory(before)),
    ...stages.map((stage) => row(stage.says, `${stage.seconds.toFixed(1)} s`, ...memory(stage.memory))),
    row(`**most**: ${says}`, `${seconds.toFixed(1)} s`, megabytes(peakResident), megabytes(peakOwn)),
  ].join('\n');
}
