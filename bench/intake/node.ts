/** Runs the work in its own process, so that the process's peak memory is the work's. */
import { fork } from 'node:child_process';
import path from 'node:path';
import type { IntakeReport } from './report';

export function measureInNode(root: string, files: readonly string[], format: string): Promise<IntakeReport> {
  const child = fork(path.join(root, 'bench/intake/process.mjs'), files);
  return new Promise((resolve, reject) => {
    child.once('message', (report) => {
      resolve({ ...(report as IntakeReport), name: `${format}, Node ${process.versions.node}` });
    });
    child.once('exit', (code) => {
      reject(new Error(`The process that reads ended with code ${code ?? 'none'}.`));
    });
  });
}
