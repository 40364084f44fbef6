/** A process of this project that a test kills. */
import { spawn } from 'node:child_process';

export interface EndedProcess {
  /** Null if it was killed. */
  readonly code: number | null;
  readonly said: string;
  readonly complaints: string;
  readonly milliseconds: number;
}

/**
 * Runs a script of the project with Node; kills it after that many milliseconds, unless it has ended by
 * itself. @throws Error when another signal ended it
 */
export function runScript(script: string, args: readonly string[], killAfter = Infinity): Promise<EndedProcess> {
  const began = performance.now();
  const child = spawn(process.execPath, ['--liftoff-only', script, ...args]);
  let [said, complaints] = ['', ''];
  child.stdout.on('data', (text: Buffer) => (said += text.toString()));
  child.stderr.on('data', (text: Buffer) => (complaints += text.toString()));
  const timer = Number.isFinite(killAfter) ? setTimeout(() => child.kill('SIGKILL'), killAfter) : undefined;
  return new Promise((resolve, reject) => {
    // Not `exit`, after which its last output may still arrive.
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (code === null && signal !== 'SIGKILL') reject(new Error(`${script} was ended by ${signal}.\n${complaints}`));
      else resolve({ code, said, complaints, milliseconds: performance.now() - began });
    });
  });
}
