/** The benchmark in Node over Dawn: every contestant has its own process. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { runBenchmark } from './benchmark';
import type { Reply, Request } from './contestant';
import { nodeRealm } from './nodeRealm';
import type { Spinners } from './idle';
import type { CliOptions } from './options';
import type { BenchReport } from './report';
import type { Contestant } from './rounds';
import { spin } from './spin';
import { openTorch, torchFor } from './torch';

export async function measureInNode(
  root: string,
  options: CliOptions,
  onProgress: (message: string) => void,
): Promise<BenchReport> {
  const { adapter, source } = await nodeRealm(root);
  const { torch, device } = await torchFor(options, onProgress);
  return runBenchmark(
    { suite: 'full', ...options },
    {
      adapter,
      runtime: `Node ${process.version}, Dawn`,
      cores: availableParallelism(),
      source,
      openSpinners: openThreads,
      open: (library) => (library === 'torch' ? openTorch(root, device, source) : openProcess(root)),
      torch,
      onProgress,
      onCase: () => undefined,
    },
  );
}

/** Threads that run `spin`'s text, so that they need no module. */
function openThreads(): Spinners {
  const code = `const { parentPort } = require('node:worker_threads');
    parentPort.on('message', (ms) => parentPort.postMessage((${spin.toString()})(ms)));`;
  const threads = Array.from({ length: availableParallelism() }, () => new Worker(code, { eval: true }));
  return {
    spin: (ms) =>
      Promise.all(
        threads.map(async (thread) => {
          const answered = once(thread, 'message');
          thread.postMessage(ms);
          const [lost] = (await answered) as [number];
          return lost;
        }),
      ),
    close: () => {
      for (const thread of threads) void thread.terminate();
    },
  };
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
