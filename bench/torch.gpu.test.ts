/**
 * PyTorch computes what we compute: a product, and two steps. Skipped, with the reason, where there is no
 * PyTorch.
 */
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import type { BenchCase } from './cases';
import { drawnCases } from '../src/testing/drawnCases';
import { openLibrary, prepare, type Realm } from './contestant';
import { nodeRealm } from './nodeRealm';
import { differenceOf, TOLERANCE } from './rounds';
import { TINY_SUITE } from './suite';
import { openTorch, torchFor } from './torch';

const root = fileURLToPath(new URL('..', import.meta.url));
const said: string[] = [];
const { torch } = await torchFor({ libraries: ['ours', 'torch'], gpu: false }, (message) => said.push(message));
let realm: Realm;

beforeAll(async () => {
  realm = await nodeRealm(root);
});

const SUITE = TINY_SUITE.filter(({ kind }) => kind === 'matmul' || kind === 'step');

test.for(drawnCases(SUITE))('$id', async (benchCase: BenchCase, { skip }) => {
  skip(torch === null, said.join());
  const ours = await prepare(await openLibrary('ours', realm), benchCase, 1, realm);
  const peer = openTorch(root, 'cpu', realm.source);
  try {
    expect(await peer.ask({ type: 'prepare', library: 'torch', benchCase, times: 1 })).toEqual({ type: 'prepared' });
    for (let run = 0; run < 2; run++) {
      await ours.run();
      expect(await peer.ask({ type: 'run' })).toMatchObject({ type: 'ran' });
      const reply = await peer.ask({ type: 'outcome' });
      if (reply.type !== 'outcome') throw new Error(JSON.stringify(reply));
      expect(differenceOf(reply.outcome, await ours.outcome())).toBeLessThan(TOLERANCE);
    }
  } finally {
    peer.close();
  }
});

if (torch === null)
  test('without PyTorch the reason is said', () => {
    expect(said.join()).toContain('PyTorch is left out');
  });
