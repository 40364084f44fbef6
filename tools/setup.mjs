// What the tests need besides npm packages: a Chromium, a Vulkan driver for Dawn in Node, PyTorch for the
// reference, Firefox. As root on Debian, what is missing is installed; elsewhere it is named, with the
// command that installs it. `node tools/setup.mjs` does only this; `npm test` starts with it.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { findPython } from './python.mjs';

export const root = fileURLToPath(new URL('..', import.meta.url));
const linux = process.platform === 'linux';

const DEBIANS = '/usr/bin/chromium';
const BROWSERS = [
  DEBIANS,
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];
const SHELLS = ['/usr/bin/chromium-headless-shell'];
const FIREFOXES = ['/usr/bin/firefox-esr', '/usr/bin/firefox', '/Applications/Firefox.app/Contents/MacOS/firefox'];
const LIBRARY_FOLDERS = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/lib'];
const DRIVER_FOLDERS = ['/usr/share/vulkan/icd.d', '/etc/vulkan/icd.d'];

/** @returns the first of these files that is there, or null */
function firstThere(...files) {
  return files.find((file) => file !== undefined && file !== '' && existsSync(file)) ?? null;
}

/** @returns a Chromium's path, or null */
async function findBrowser() {
  const named = firstThere(process.env.CHROME_PATH, ...BROWSERS);
  if (named !== null) return named;
  const { chromium } = await import('@playwright/test');
  return existsSync(chromium.executablePath()) ? chromium.executablePath() : null;
}

/**
 * @returns the path of Chromium's headless shell, or null, also if `CHROME_PATH` names the browser of all
 * tests
 */
function findShell() {
  return process.env.CHROME_PATH === undefined ? firstThere(process.env.HEADLESS_SHELL_PATH, ...SHELLS) : null;
}

/** @returns a Firefox's path, or null */
function findFirefox() {
  return firstThere(process.env.FIREFOX_PATH, ...FIREFOXES);
}

/** Chromium includes a software Vulkan driver, SwiftShader. @returns its manifest's path, or null */
function findSwiftShader(browser) {
  const folders = ['/usr/lib/chromium', ...(browser === null ? [] : [path.dirname(realpathSync(browser))])];
  return folders.map((folder) => path.join(folder, 'vk_swiftshader_icd.json')).find((file) => existsSync(file)) ?? null;
}

function hasVulkanLoader() {
  return LIBRARY_FOLDERS.some((folder) => existsSync(path.join(folder, 'libvulkan.so.1')));
}

function hasVulkanDriver() {
  return DRIVER_FOLDERS.some((folder) => existsSync(folder) && readdirSync(folder).length > 0);
}

/** Whether Debian packages can be installed. */
const hasApt = linux && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');

/** Null until they were asked for, then whether they came. */
let listsAreFresh = null;

function apt(...args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status, stdout, stderr } = spawnSync('apt-get', ['-qq', ...args], {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (status !== 0) console.error(stdout, stderr);
  return status === 0;
}

/** Installs Debian packages if possible. @returns whether they are then installed */
function install(packages) {
  if (!hasApt) return false;
  console.info(`Installing ${packages.join(' ')}`);
  listsAreFresh ||= apt('update');
  return apt('install', '-y', '--no-install-recommends', ...packages);
}

/**
 * Whether Debian offers a package, by lists that are fetched if they do not have it: images of systems often
 * have none.
 */
function isOffered(name) {
  if (!linux) return false;
  const listed = () =>
    /Candidate: (?!\(none\))/.test(spawnSync('apt-cache', ['policy', name], { encoding: 'utf8' }).stdout ?? '');
  if (listed()) return true;
  if (!hasApt) return false;
  listsAreFresh ??= apt('update');
  return listed();
}

/**
 * Ensures that everything is there.
 * @returns {Promise<{ browser: string, shell: string | null, firefox: string | null, driver: string | null,
 * python: string | null, leftOut: string[], problems: string[] }>}
 *   `shell` is null if there is none, and `browser` then takes its tests; `firefox` is null if there is none, and what tries it is then skipped; `driver` is SwiftShader's manifest if Chromium has it; `python` is null if PyTorch is not available,
 *   `leftOut` names Python packages that are not available
 */
export async function setUp() {
  const found = await setUpBrowser();
  return { ...found, ...findPython((packages) => packages.every(isOffered) && install(packages)) };
}

/** Ensures what needs no Python. */
export async function setUpBrowser() {
  const problems = [];
  let browser = await findBrowser();
  if (browser === null && install(['chromium'])) browser = await findBrowser();
  if (browser === null) {
    console.info('Installing Playwright’s Chromium');
    const arguments_ = [path.join(root, 'node_modules/@playwright/test/cli.js'), 'install', 'chromium'];
    spawnSync(process.execPath, arguments_, { stdio: ['ignore', 'inherit', 'inherit'] });
    browser = await findBrowser();
  }
  if (browser === null)
    problems.push('There is no Chromium. Install it (Debian: apt-get install chromium), or name one in CHROME_PATH.');
  const driver = findSwiftShader(browser);
  let shell = findShell();
  // Both by name: they must be of one version.
  if (shell === null && browser === DEBIANS && process.env.CHROME_PATH === undefined && isOffered('chromium-headless-shell')) {
    if (install(['chromium', 'chromium-headless-shell'])) shell = findShell();
  }
  if (linux) {
    if (!hasVulkanLoader() && !install(['libvulkan1'])) {
      problems.push('There is no Vulkan loader. Install it (Debian: apt-get install libvulkan1).');
    }
    if (driver === null && !hasVulkanDriver() && !install(['mesa-vulkan-drivers'])) {
      problems.push('There is no Vulkan driver. Install one (Debian: apt-get install mesa-vulkan-drivers).');
    }
  }
  let firefox = findFirefox();
  if (firefox === null && isOffered('firefox-esr') && install(['firefox-esr'])) firefox = findFirefox();
  return { browser: browser ?? '', shell, firefox, driver, python: null, problems };
}

/**
 * Mesa's software driver, unless `VK_ICD_FILENAMES` chooses one: compiles much more slowly than SwiftShader
 * and runs faster.
 */
export function findMesa() {
  if (process.env.VK_ICD_FILENAMES !== undefined) return null;
  const manifests = DRIVER_FOLDERS.filter((folder) => existsSync(folder)).flatMap((folder) =>
    readdirSync(folder).map((file) => path.join(folder, file)),
  );
  return manifests.find((file) => path.basename(file).startsWith('lvp_icd')) ?? null;
}

/** The environment variables for tests, from what `setUp` found. `VK_ICD_FILENAMES` is kept if set. */
export function testEnvironment({ browser, shell, firefox, driver, python }) {
  return {
    CHROME_PATH: browser,
    ...(shell === null ? {} : { HEADLESS_SHELL_PATH: shell }),
    ...(firefox === null ? {} : { FIREFOX_PATH: firefox }),
    ...(python === null ? {} : { KARMA_PYTHON: python }),
    ...(driver !== null && process.env.VK_ICD_FILENAMES === undefined ? { VK_ICD_FILENAMES: driver } : {}),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { browser, shell, firefox, driver, python, leftOut, problems } = await setUp();
  console.info(`browser   ${browser || 'none'}`);
  console.info(`headless  ${shell ?? 'none'}`);
  console.info(`Firefox   ${firefox ?? 'none'}`);
  if (linux) console.info(`Vulkan    ${driver ?? 'the system’s driver'}`);
  console.info(`PyTorch   ${python ?? 'none'}`);
  if (leftOut.length > 0) console.info(`left out  ${leftOut.join(', ')}`);
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
