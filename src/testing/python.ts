/** The project's Python, started once in a test process. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';

export interface PythonAnswer {
  readonly status: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

const OWN = '.cache/python/bin/python';

/** The Python that `npm test` found, the project's own environment, or the system's Python. */
export function pythonPath(): string {
  return process.env.KARMA_PYTHON ?? (existsSync(OWN) ? path.resolve(OWN) : 'python3');
}

/** Answers arrive in the order of the questions. */
class PythonServer {
  private readonly waiting: { resolve: (answer: PythonAnswer) => void; reject: (error: Error) => void }[] = [];
  private readonly child: ChildProcessWithoutNullStreams;

  constructor(interpreter: string) {
    // `oracle` contains scripts that also run alone.
    const packages = [path.resolve('python'), path.resolve('python/oracle'), process.env.PYTHONPATH ?? '']
      .filter(Boolean)
      .join(path.delimiter);
    this.child = spawn(interpreter, ['tools/pythonServer.py'], {
      env: { ...process.env, PYTHONPATH: packages, OPENBLAS_NUM_THREADS: '1', PYTHONDONTWRITEBYTECODE: '1' },
    });
    createInterface(this.child.stdout).on('line', (line) => {
      const { status, stdout, stderr } = JSON.parse(line) as { status: number; stdout: string; stderr: string };
      this.waiting.shift()!.resolve({ status, stdout: Buffer.from(stdout, 'base64'), stderr });
    });
    const fail = (reason: string): void => {
      for (const { reject } of this.waiting.splice(0)) reject(new Error(`${interpreter}: ${reason}`));
    };
    this.child.on('error', ({ message }) => {
      fail(message);
    });
    this.child.on('exit', (code) => {
      fail(`ended with ${code}`);
    });
    // This one must not keep the test process alive while it waits for questions.
    this.child.unref();
    process.on('exit', () => this.child.kill());
  }

  ask(request: object): Promise<PythonAnswer> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.child.stdin.write(`${JSON.stringify(request)}\n`);
    });
  }
}

const held = globalThis as typeof globalThis & { karmaTestPythons?: Map<string, PythonServer> };

function server(interpreter = pythonPath()): PythonServer {
  const servers = (held.karmaTestPythons ??= new Map());
  if (!servers.has(interpreter)) servers.set(interpreter, new PythonServer(interpreter));
  return servers.get(interpreter)!;
}

/** Runs a module of python/ as `python -m` would. */
export function runPython(module: string, args: readonly string[], interpreter?: string): Promise<PythonAnswer> {
  return server(interpreter).ask({ module, arguments: args });
}

/** Runs lines of Python. */
export function evaluatePython(code: string): Promise<PythonAnswer> {
  return server().ask({ code });
}

/**
 * Trains jobs, each with a number of processes and the arguments of karma.train. All it prints is in
 * `stdout`.
 */
export function trainJobs(
  jobs: readonly { readonly processes: number; readonly args: readonly string[] }[],
  interpreter?: string,
): Promise<PythonAnswer> {
  return server(interpreter).ask({ jobs: jobs.map(({ processes, args }) => [processes, args, null]) });
}

/** Whether modules can be imported. */
export async function hasModules(...modules: readonly string[]): Promise<boolean> {
  return (await evaluatePython(`import ${modules.join(', ')}`)).status === 0;
}
