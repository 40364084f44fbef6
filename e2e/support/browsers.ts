/** The Chromiums in which the page is tested. */
import { existsSync } from 'node:fs';
import { installedChromium } from '../../src/cli/browserRun';
import { ALL_CASES } from '../../src/testing/drawnCases';

/** Chromium without windows and profiles; the variable is set by `tools/setup.mjs`. */
const SHELL = 'HEADLESS_SHELL_PATH';

/** The tag of a test that needs a window or a profile, or that must pass in the browser which people have. */
export const WINDOW = '@window';

/**
 * @returns the browser of tests without {@link WINDOW}: opening the page in the shell takes half as much CPU
 * time; the whole browser where there is no shell, or with all cases
 */
export function shellOrChromium(): string | undefined {
  const shell = process.env[SHELL] ?? '';
  return process.env[ALL_CASES] === undefined && existsSync(shell) ? shell : installedChromium();
}
