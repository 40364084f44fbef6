/**
 * Firefox as people have it, driven through WebDriver BiDi. Playwright's own is another build, and none is
 * here.
 */
import puppeteer, { type Browser } from 'puppeteer-core';

/** WebGPU is off on Linux, and software drivers are on its blocklist. */
const PREFERENCES = { 'dom.webgpu.enabled': true, 'gfx.webgpu.ignore-blocklist': true };

/** What tools/setup.mjs found. */
const executablePath = process.env.FIREFOX_PATH;

/** Why nothing can be tried in Firefox here; null if it can. */
export function firefoxMissing(): Promise<string | null> {
  return Promise.resolve(
    executablePath === undefined ? 'FIREFOX_PATH names no Firefox (Debian: apt-get install firefox-esr)' : null,
  );
}

/** Opens one with a new profile. @param downloads folder for what is downloaded */
export function openFirefox(downloads = ''): Promise<Browser> {
  const folder = { 'browser.download.folderList': 2, 'browser.download.dir': downloads };
  return puppeteer.launch({
    browser: 'firefox',
    executablePath: executablePath!,
    headless: true,
    defaultViewport: { width: 1440, height: 900 },
    extraPrefsFirefox: { ...PREFERENCES, ...(downloads === '' ? {} : folder) },
  });
}
