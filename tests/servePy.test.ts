/** The server of an offline copy: what it refuses, and the headers that it sends. */
import { spawn, type ChildProcess } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SECURITY_HEADERS } from '../tools/securityPlugin';

let folder: string;
let server: ChildProcess;
let port: number;
let errors = '';

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'serve-'));
  const served = path.join(folder, 'page');
  await mkdir(served);
  await copyFile('public/serve.py', path.join(served, 'serve.py'));
  await writeFile(path.join(served, 'index.html'), '<p>page</p>');
  await writeFile(path.join(folder, 'secret'), 'secret');
  await symlink(path.join(folder, 'secret'), path.join(served, 'out'));
  await symlink('loop', path.join(served, 'loop'));
  await symlink('index.html', path.join(served, 'in.html'));
  server = spawn('python3', [path.join(served, 'serve.py'), '--port', '0'], { stdio: ['ignore', 'pipe', 'pipe'] });
  server.stderr!.on('data', (data: Buffer) => (errors += data.toString()));
  port = await new Promise<number>((tell, fail) => {
    server.on('error', fail);
    server.stdout!.on('data', (data: Buffer) => {
      const found = /localhost:(\d+)/.exec(data.toString());
      if (found) tell(Number(found[1]));
    });
  });
});
afterAll(async () => {
  server.kill();
  await rm(folder, { recursive: true });
});

/** A request whose path and host are sent as they are. */
function ask(
  where: string,
  host = `localhost:${port}`,
): Promise<{ status: number; text: string; headers: Record<string, unknown> }> {
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port, path: where, headers: { Host: host } }, (answer) => {
      let text = '';
      answer.on('data', (data: Buffer) => (text += data.toString()));
      answer.on('end', () => {
        resolve({ status: answer.statusCode!, text, headers: answer.headers });
      });
    });
    call.on('error', reject);
    call.end();
  });
}

it('sends the page with the headers of the built one', async () => {
  const { status, text, headers } = await ask('/');
  expect([status, text]).toEqual([200, '<p>page</p>']);
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) expect(headers[name.toLowerCase()]).toBe(value);
  expect((await ask('/in.html')).status).toBe(200);
});

it.each(['/%00', '/a%00b.js', '/out', '/loop', '/../secret', '/%2e%2e/secret', '/..%2fsecret'])(
  'finds nothing at %s, without a traceback',
  async (where) => {
    const { status, text } = await ask(where);
    expect(status).toBe(404);
    expect(text).not.toContain('secret');
    expect(errors).toBe('');
  },
);

it('does not answer to the name of another site', async () => {
  expect((await ask('/', 'evil.example')).status).toBe(421);
  expect((await ask('/', `evil.example:${port}`)).status).toBe(421);
  expect((await ask('/', '127.0.0.1')).status).toBe(200);
  expect((await ask('/', `LOCALHOST:${port}`)).status).toBe(200);
  expect((await ask('/', `[::1]:${port}`)).status).toBe(200);
});
