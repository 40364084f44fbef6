/**
 * The libraries agree on every kind of work, at sizes suitable for a test, before and after updates. No
 * times.
 */
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { drawnCases } from '../src/testing/drawnCases';
import { openLibrary, prepare, type Realm } from './contestant';
import { contestants, type Library, type LibraryId, type Outcome } from './library';
import { nodeRealm } from './nodeRealm';
import { differenceOf, TOLERANCE } from './rounds';
import { TINY_SUITE } from './suite';

let realm: Realm;
/** Opening a library takes longer than its work. PyTorch runs in a process of its own: torch.gpu.test.ts. */
const IN_REALM = ['ours', ...drawnCases(['jax', 'tensorflow', 'onnx'] as const)] as const;
const opened = new Map<LibraryId, Library>();

beforeAll(async () => {
  realm = await nodeRealm(fileURLToPath(new URL('..', import.meta.url)));
  for (const id of IN_REALM) opened.set(id, await openLibrary(id, realm));
});

// The benchmark itself compares what it times, and its page is tested with all libraries.
const SUITE = TINY_SUITE.filter((benchCase) => contestants(benchCase, IN_REALM).length > 1);

test.each(drawnCases(SUITE, undefined, { least: 2 }))('$id', async (benchCase) => {
  const outcomes = new Map<LibraryId, Outcome[]>();
  for (const id of contestants(benchCase, IN_REALM)) {
    const work = await prepare(opened.get(id)!, benchCase, 1, realm);
    const found: Outcome[] = [];
    for (let run = 0; run < 2; run++) {
      await work.run();
      found.push(await work.outcome());
    }
    outcomes.set(id, found);
  }
  const ours = outcomes.get('ours')!;
  // A training step changes the state of the next one; other work repeats.
  expect(ours[1]!.loss === ours[0]!.loss).toBe(benchCase.kind !== 'step');
  for (const [id, found] of outcomes) {
    found.forEach((outcome, run) => {
      expect(differenceOf(outcome, ours[run]!), `${id}, run ${run}`).toBeLessThan(TOLERANCE);
    });
  }
});
