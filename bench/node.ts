/** The benchmark in Node over Dawn: every contestant has its own process. */
import { fork } from 'node:child_process';
import path from 'node:path';
import { runBenchmark } from './benchmark';
import type { Reply, Request } from './contestant';
import { nodeRealm } from './nodeRealm';
import type { CliOptions } from './options';
import type { BenchReport } from './report';
import type { Contestant } from './rounds';

export async function measureInNode(
  root: string,
  { only, repeats }: CliOptions,
  onProgress: (message: string) => void,
): Promise<BenchReport> {
  const { adapter, source } = await nodeRealm(root);
  return runBenchmark(
    { suite: 'full', only, repeats },
    {
      adapter,
      runtime: `Node ${process.version}, Dawn`,
      source,
      open: () => openProcess(root),
      onProgress,
      onCase: () => undefined,
    },
  );
}

function openProcess(root: string): Contestant {
  // Preserves NaN and typed arrays.
  const child = fork(path.join(root, 'bench/process.mjs'), { serialization: 'advanced' });
  return {
    ask: (request: Request) =>
      new Promise<Reply>((resolve) => {
        child.once('message', (reply) => {
          child.removeAllListeners('exit');
          resolve(reply as Reply);
        });
        child.once('exit', (code) => {
          resolve({ type: 'failed', message: `its process ended with code ${code ?? 'none'}` });
        });
        child.send(request);
      }),
    close: () => {
      child.kill();
    },
  };
}
