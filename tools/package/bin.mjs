#!/usr/bin/env node
// `npx karma-playground` opens the page; `npx karma-playground experiment …` is the command line.
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { serve, show } from './serve.mjs';

const root = fileURLToPath(new URL('.', import.meta.url));
const { version, webgpu } = JSON.parse(readFileSync(path.join(root, 'facts.json'), 'utf8'));
const [command, ...args] = process.argv.slice(2);

/** Options with which nothing is computed. */
const WITHOUT_GPU = ['--help', '--inspect', '--export-log'];

const HELP = `karma-playground ${version}
  karma-playground [--port N]             opens the page
  karma-playground experiment [options]   runs an experiment without a page; experiment --help lists the options
  karma-playground --version`;

if (command === undefined || command === '--port') {
  const { headers } = JSON.parse(readFileSync(path.join(root, 'facts.json'), 'utf8'));
  const { url } = await serve(path.join(root, 'public'), headers, command === undefined ? undefined : Number(args[0]));
  show(url);
} else if (command === 'experiment') {
  process.exit(await experiment());
} else if (command === '--version') {
  console.info(version);
} else {
  const asked = command === '--help';
  (asked ? console.info : console.error)(asked ? HELP : `There is no command ${command}.\n${HELP}`);
  process.exitCode = asked ? 0 : 2;
}

/** @returns the exit code; Dawn's worker threads would keep the process alive */
async function experiment() {
  process.env.KARMA_CACHE ??= path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'karma-playground');
  const { main } = await import('./lib/cli.js');
  try {
    if (!WITHOUT_GPU.some((option) => args.includes(option))) import.meta.resolve('webgpu');
  } catch {
    console.error(`An experiment needs Dawn, which is a package of its own (132 MB): npm install webgpu@${webgpu}
With npx: npx -p karma-playground -p webgpu@${webgpu} karma-playground experiment …`);
    return 3;
  }
  return main(args, root, 'npx karma-playground experiment');
}
