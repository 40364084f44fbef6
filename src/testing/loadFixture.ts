import { readFileSync } from 'node:fs';
import { fixturePaths, readFixture, type Fixture } from '../engine/fixture';
import { FIXTURES } from './fixtures';

/**
 * One case of python/oracle/make_fixtures.py. Apart from `fixtures.ts`, which Playwright loads: it cannot
 * load the engine.
 */
export function loadFixture(name: string): Promise<Fixture> {
  const read = (file: string): Uint8Array<ArrayBuffer> => Uint8Array.from(readFileSync(new URL(file, FIXTURES)));
  const text = (file: string): string => readFileSync(new URL(file, FIXTURES), 'utf8');
  const { json, expected, config, weights, base } = fixturePaths(name);
  return Promise.resolve(
    readFixture({
      json: text(json),
      expected: read(expected),
      config: text(config),
      weights: read(weights),
      base: read(base),
    }),
  );
}
