// The project's Python: a virtual environment under .cache/python with the packages of python/pyproject.toml.
// Debian's PyTorch and pandas are used if recent enough, else PyPI's; PIP_FIND_LINKS and PIP_NO_INDEX let pip
// use local wheels.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = path.join(root, '.cache/python');
const own = path.join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
const pyproject = readFileSync(path.join(root, 'python/pyproject.toml'), 'utf8');

/** Requirements of one list of pyproject.toml. */
function requirements(list) {
  const text = new RegExp(`^${list} = \\[([^\\]]*)\\]`, 'm').exec(pyproject)?.[1] ?? '';
  return [...text.matchAll(/"([^"]+)"/g)].map(([, requirement]) => requirement);
}

/**
 * Which requirements a Python meets: exact versions are those that were tried, so later ones are accepted
 * too.
 */
function missing(python, wanted) {
  const code = `
import importlib.metadata as m, json, re, sys
def number(version): return [int(n) for n in re.findall(r"\\d+", version)[:3]]
def met(requirement):
    name, _, version = re.match(r"([\\w.-]+)\\s*(>=|==)?\\s*(.*)", requirement).groups()
    try: return not version or number(m.version(name)) >= number(version)
    except m.PackageNotFoundError: return False
print(json.dumps([r for r in json.loads(sys.argv[1]) if not met(r)]))`;
  const { status, stdout } = spawnSync(python, ['-c', code, JSON.stringify(wanted)], { encoding: 'utf8' });
  return status === 0 ? JSON.parse(stdout) : null;
}

function isRecent(python) {
  return spawnSync(python, ['-c', 'import sys; sys.exit(sys.version_info < (3, 11))'], { stdio: 'ignore' }).status === 0;
}

/** Pythons from which an environment can be made, first those that meet most requirements. */
function bases(wanted) {
  const found = ['/usr/bin/python3', 'python3', 'python'].filter(isRecent);
  return found.sort((a, b) => missing(a, wanted).length - missing(b, wanted).length);
}

/** @returns whether they were installed and, if not, whether they are available at all */
function pip(packages) {
  console.info(`Installing ${packages.join(' ')} into .cache/python`);
  // Without a network, each of pip's default five retries waits longer than the previous one.
  const options = ['--quiet', '--disable-pip-version-check', '--retries', '1'];
  const { status, stderr } = spawnSync(own, ['-m', 'pip', 'install', ...options, ...packages], {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (status !== 0) console.error(stderr.trim().split('\n').slice(-3).join('\n'));
  return { ok: status === 0, offered: !packages.some((one) => stderr.includes(`No matching distribution found for ${one}`)) };
}

function imports(requirement) {
  const [name] = /^[\w.]+/.exec(requirement);
  return spawnSync(own, ['-c', `import ${name}`], { stdio: 'ignore' }).status === 0;
}

function makeEnvironment(base, install) {
  const make = () =>
    spawnSync(base, ['-m', 'venv', '--clear', '--system-site-packages', folder], { stdio: 'ignore' }).status === 0;
  return make() || (install(['python3-venv']) && make());
}

/**
 * Ensures that the environment exists.
 * @param install installs Debian packages if possible, and returns whether they are then installed
 * @returns {{ python: string | null, leftOut: string[] }} `python` is null if PyTorch is not to be had;
 * `leftOut` names what
 *   else could not be installed
 */
export function findPython(install) {
  const wanted = requirements('dependencies');
  const notebook = requirements('notebook');
  const extras = [...requirements('real'), ...requirements('check'), ...notebook];
  if (bases(notebook).every((base) => missing(base, notebook).length > 0))
    install(['python3-pandas', 'python3-nbclient', 'python3-ipykernel', 'python3-pip', 'python3-setuptools', 'python3-wheel']);
  let python = existsSync(own) ? own : null;
  if (python === null || missing(own, wanted)?.length !== 0) {
    if (bases(wanted).every((base) => missing(base, wanted).length > 0))
      install(['python3-torch', 'python3-numpy', 'python3-safetensors', 'libopenblas0-pthread']);
    const [base] = bases(wanted);
    if (base === undefined) return { python: null, leftOut: [...wanted, ...extras] };
    python = makeEnvironment(base, install) ? own : base;
    const lacking = missing(python, wanted);
    if (lacking.length > 0 && (python !== own || !pip(lacking).ok)) return { python: null, leftOut: [...lacking, ...extras] };
  }
  const optional = missing(python, extras) ?? extras;
  // An unavailable package must not prevent the others. Debian's PyTorch comes with another SymPy than its
  // metadata requires, which pip rejects.
  const added = (requirement) => {
    const { ok, offered } = pip([requirement]);
    return ok || (offered && pip(['--no-deps', requirement]).ok && imports(requirement));
  };
  const leftOut = python === own ? optional.filter((requirement) => !added(requirement)) : optional;
  return { python, leftOut };
}
