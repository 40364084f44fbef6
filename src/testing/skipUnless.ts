import { beforeEach } from 'vitest';

/**
 * Skips the tests of the enclosing `describe` unless the machine has what they need. `npm test` prints the
 * reason.
 */
export function skipUnless(has: boolean, reason: string): void {
  beforeEach(({ skip }) => {
    skip(!has, reason);
  });
}
