// `node tools/slurmTest.mjs`: a grid as a job array under a real Slurm on this machine, with munge, slurmctld
// and slurmd in a folder of their own. One run is killed while it trains and requeued with `scontrol
// requeue`; all runs must end with the numbers of runs without a scheduler. As root on Debian, installs
// slurm-wlm if it is missing. Takes four minutes, two of which Slurm holds a requeued job back.
import { spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { root } from './viteRunner.mjs';

const python = ['/usr/bin/python3', 'python3'].find(
  (command) => spawnSync(command, ['-c', 'import torch, safetensors, numpy']).status === 0,
);
if (python === undefined) fail('PyTorch is not here. Install it (Debian: apt-get install python3-torch python3-safetensors).');
const daemons = ['munged', 'slurmctld', 'slurmd'].map((name) => `/usr/sbin/${name}`);
if (!daemons.every((file) => existsSync(file))) {
  if (process.getuid?.() !== 0) fail('Slurm is not here. Install it (Debian: apt-get install slurm-wlm munge).');
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'slurm-wlm', 'munge']);
}

const began = performance.now();
const folder = mkdtempSync(path.join(tmpdir(), 'karma-slurm-'));
const children = [];
let ok = false;
try {
  startSlurm();
  const job = path.join(folder, 'job');
  exportGrid(job);
  const direct = path.join(folder, 'direct');
  run('cp', ['-r', job, direct]);
  for (const cell of [0, 1]) train(direct, cell);
  const id = submit(job);
  await killAndRequeue(id, job);
  await waitFor(() => runsOf(job).length === 2, 'both runs', 900);
  compare(direct, job);
  const resumed = readFileSync(path.join(job, `slurm-${id}-0.log`), 'utf8');
  const from = /continues after step (\d+)/.exec(resumed)?.[1];
  if (from === undefined) throw new Error(`the run that was put back did not resume from its checkpoint:\n${resumed}`);
  console.info(`the run that was put back resumed after step ${from}`);
  const again = submit(job);
  await waitFor(
    () => !/RUNNING|PENDING|COMPLETING/.test(slurm('squeue', '-h', '-j', again, '-o', '%T')),
    'the second array',
    300,
  );
  const logs = readdirSync(job).filter((name) => name.startsWith(`slurm-${again}-`));
  const skipped = logs.filter((name) => readFileSync(path.join(job, name), 'utf8').includes('finished before'));
  if (skipped.length !== 2) throw new Error(`of the second array ${skipped.length} of 2 runs were skipped`);
  console.info('submitted again, both runs were skipped');
  ok = true;
} catch (error) {
  console.error(error.message);
  for (const name of ['slurmctld.log', 'slurmd.log']) {
    const file = path.join(folder, name);
    if (existsSync(file)) console.error(`${name}:\n${readFileSync(file, 'utf8').split('\n').slice(-15).join('\n')}`);
  }
} finally {
  for (const child of children) child.kill('SIGKILL');
  if (ok) rmSync(folder, { recursive: true, force: true });
  else console.error(`left in ${folder}`);
}
console.info(`\n${ok ? '1 passed, 0 failed' : '0 passed, 1 failed'}, ${Math.round((performance.now() - began) / 1000)} s`);
process.exit(ok ? 0 : 1);

function fail(message) {
  console.error(message);
  process.exit(2);
}

function environment() {
  return { ...process.env, SLURM_CONF: path.join(folder, 'slurm.conf'), OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };
}

function run(command, args, options = {}) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', env: environment(), ...options });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}:\n${stdout}\n${stderr}`);
  return stdout;
}

function slurm(command, ...args) {
  return run(command, args);
}

/** Starts Munge with its own key, one controller, and one node with two processors. */
function startSlurm() {
  const munge = path.join(folder, 'munge');
  mkdirSync(munge, { mode: 0o755 });
  writeFileSync(path.join(munge, 'key'), Buffer.alloc(1024, 7), { mode: 0o600 });
  const socket = path.join(munge, 'socket');
  const flags = ['--foreground', '--force', `--key-file=${munge}/key`, `--socket=${socket}`];
  start('/usr/sbin/munged', [...flags, `--pid-file=${munge}/pid`, `--log-file=${munge}/log`, `--seed-file=${munge}/seed`]);
  const name = hostname().split('.')[0];
  for (const part of ['state', 'spool']) mkdirSync(path.join(folder, part));
  if (process.getuid?.() === 0) for (const part of ['state', 'spool']) chownSync(path.join(folder, part), 0, 0);
  writeFileSync(
    path.join(folder, 'slurm.conf'),
    `ClusterName=karma
SlurmctldHost=${name}(127.0.0.1)
SlurmctldPort=16817
SlurmdPort=16818
AuthType=auth/munge
AuthInfo=socket=${socket}
CredType=cred/munge
SlurmUser=root
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.pid
SlurmctldLogFile=${folder}/slurmctld.log
SlurmdLogFile=${folder}/slurmd.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
MpiDefault=none
KillWait=2
SchedulerParameters=requeue_setup_env_fail,bf_interval=1,sched_interval=1
NodeName=${name} NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
`,
  );
  start('/usr/sbin/slurmctld', ['-D', '-f', path.join(folder, 'slurm.conf')]);
  start('/usr/sbin/slurmd', ['-D', '-f', path.join(folder, 'slurm.conf')]);
  const until = Date.now() + 120_000;
  for (;;) {
    const { stdout } = spawnSync('sinfo', ['-h', '-o', '%T'], { encoding: 'utf8', env: environment() });
    if (/idle/.test(stdout ?? '')) break;
    if (Date.now() > until) throw new Error(`the node does not come up: ${stdout}`);
    spawnSync('sleep', ['1']);
  }
  console.info('Slurm is up: one node, two processors');
}

function start(command, args) {
  const child = spawn(command, args, { env: environment(), stdio: 'ignore' });
  children.push(child);
  spawnSync('sleep', ['1']);
  if (child.exitCode !== null) throw new Error(`${command} ended with ${child.exitCode}`);
}

function exportGrid(job) {
  const grid = {
    name: 'Two seeds',
    base: {
      training: { steps: 40, batchSize: 4, warmupSteps: 2 },
      objective: { maxHistory: 6, maxTextTokens: 8 },
      evaluation: { evaluations: 1, sampleUsers: 10, finalUsers: 10, probes: 2 },
    },
    arms: ['action', 'karma'],
    seeds: [0, 1],
  };
  writeFileSync(path.join(folder, 'grid.json'), JSON.stringify(grid));
  run(
    process.execPath,
    ['--liftoff-only', 'tools/experiment.mjs', '--grid', path.join(folder, 'grid.json'), '--export-job', job],
    {
      cwd: root,
    },
  );
  console.info('exported a grid of two runs');
}

function train(job, cell) {
  run(python, ['train.py', '--cell', String(cell), '--threads', '1'], { cwd: job });
  console.info(`run ${cell} trained without a scheduler`);
}

function submit(job) {
  const options = { cwd: job, env: { ...environment(), PYTHON: python, KARMA_OPTIONS: '--threads 1 --checkpoint-steps 2' } };
  const id = /\d+/.exec(run('sbatch', ['--parsable', '--array=0-1', '--cpus-per-task=1', 'slurm.sh'], options))[0];
  console.info(`submitted the array ${id}`);
  return id;
}

/** Kills the trainer of the first run once it has a checkpoint, and requeues the run. */
async function killAndRequeue(id, job) {
  const { id: name } = JSON.parse(readFileSync(path.join(job, 'cells.json'), 'utf8'))[0];
  const arms = path.join(job, 'runs', name, 'arms');
  const trained = () => existsSync(arms) && readdirSync(arms, { recursive: true }).some((file) => /step-\d+$/.test(String(file)));
  await waitFor(trained, 'a checkpoint of the first run', 600);
  slurm('scancel', '--signal=KILL', '--full', `${id}_0`);
  await waitFor(
    () => !/RUNNING/.test(slurm('squeue', '-h', '-t', 'all', '-j', `${id}_0`, '-o', '%T')),
    'the end of the killed run',
    60,
  );
  slurm('scontrol', 'requeue', `${id}_0`);
  console.info('the first run was killed after a checkpoint, and put back');
}

function runsOf(job) {
  const runs = path.join(job, 'runs');
  return existsSync(runs) ? readdirSync(runs).filter((file) => file.endsWith('.run.json')) : [];
}

async function waitFor(reached, what, seconds) {
  const until = Date.now() + 1000 * seconds;
  while (!reached()) {
    if (Date.now() > until) throw new Error(`${what} did not come within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

function compare(direct, job) {
  for (const file of runsOf(direct)) {
    const [a, b] = [direct, job].map((where) => JSON.parse(readFileSync(path.join(where, 'runs', file), 'utf8')));
    let worst = 0;
    for (const [index, arm] of a.arms.entries()) {
      for (const name of ['total', 'gradNorm']) {
        const other = b.arms[index].steps[name];
        if (other.length !== 40) throw new Error(`${file}: ${other.length} steps`);
        arm.steps[name].forEach((value, step) => (worst = Math.max(worst, Math.abs(value - other[step]) / value)));
      }
    }
    if (!b.complete || !(worst < 1e-6)) throw new Error(`${file}: complete ${b.complete}, losses differ by ${worst}`);
    console.info(`${file}: the same numbers (largest difference ${worst})`);
  }
}
