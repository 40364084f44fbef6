import { expect, it } from 'vitest';
import { inTurns } from './turn';

it('lets other tasks run, which may abort the work, and tells what is done', async () => {
  const controller = new AbortController();
  const reason = new Error('stop');
  const shares: number[] = [];
  function* endless(): Generator<number, void> {
    for (;;) yield 0.5;
  }
  setTimeout(() => {
    controller.abort(reason);
  }, 0);
  const work = inTurns(endless(), { onProgress: (share) => shares.push(share), signal: controller.signal });
  await expect(work).rejects.toBe(reason);
  expect(new Set(shares)).toEqual(new Set([0.5]));
});

it('gives what the work gives', async () => {
  function* short(): Generator<number, string> {
    yield 1;
    return 'done';
  }
  await expect(inTurns(short())).resolves.toBe('done');
});
