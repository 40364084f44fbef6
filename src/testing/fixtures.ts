/**
 * The fixtures of python/oracle/make_fixtures.py: their names, and when the engine agrees with them. For
 * Vitest and Playwright.
 */
import { readdirSync } from 'node:fs';

export const FIXTURES = new URL('../../python/fixtures/', import.meta.url);

/** Largest relative error of any loss, gradient and parameter. */
export const FIXTURE_TOLERANCE = 1e-4;

/** Names of the cases, ascending. */
export function fixtureNames(): string[] {
  return readdirSync(FIXTURES)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .sort();
}

/** Errors by quantity, as `agreement` gives them, that are too large, NaN among them. */
export function tooLarge(errors: Readonly<Record<string, number>>): [string, number][] {
  return Object.entries(errors).filter(([, error]) => !(error < FIXTURE_TOLERANCE));
}

/** The largest error of quantities whose names begin like this; 0 if there are none. */
export function largestError(errors: Readonly<Record<string, number>>, prefix: string): number {
  return Math.max(0, ...Object.entries(errors).flatMap(([label, error]) => (label.startsWith(prefix) ? [error] : [])));
}
