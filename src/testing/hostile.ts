/** Files made to do harm, or by a fault: good ones with some bytes or JSON values replaced. */
import fc from 'fast-check';
import { accident, type Bytes } from './damagedLogs';

/** Placeholder for nested lists deeper than `JSON.stringify` can write; never in a file of ours. */
const DEEP = '@deep@';
const DEPTH = 20_000;

/**
 * Replacements of values: numbers invalid as counts, texts and lists that no field expects, names of built-in
 * members.
 */
const VALUES: readonly unknown[] = [
  ...[
    null,
    true,
    -1,
    0.5,
    1e308,
    -1e308,
    2 ** 31,
    2 ** 53,
    '',
    'x',
    '../../x',
    '__proto__',
    '\u0000\uD800',
    [],
    [[]],
    {},
    [null],
    { a: 1 },
  ],
  ...['x'.repeat(100_000), Array.from({ length: 20_000 }, () => 0), DEEP],
];

interface Change {
  /** Which branch to take at each level, modulo their number. */
  readonly path: readonly number[];
  readonly how: 'replace' | 'remove' | 'double' | 'pollute';
  readonly value: unknown;
}

const change: fc.Arbitrary<Change> = fc.record({
  path: fc.array(fc.nat(), { minLength: 1, maxLength: 9 }),
  how: fc.constantFrom('replace', 'replace', 'replace', 'remove', 'double', 'pollute'),
  value: fc.constantFrom(...VALUES),
});

type Branch = Record<string, unknown>;

function isBranch(value: unknown): value is Branch {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

/** Changes one place in parsed JSON. */
function apply(root: unknown, { path, how, value }: Change): void {
  let node = root;
  for (const [at, step] of path.entries()) {
    if (!isBranch(node)) return;
    const keys = Object.keys(node);
    const key = keys[step % keys.length]!;
    if (at < path.length - 1 && isBranch(node[key])) {
      node = node[key];
      continue;
    }
    // A copy, since later changes may fall inside it.
    if (how === 'replace') node[key] = structuredClone(value);
    else if (how === 'pollute')
      Object.defineProperty(node, '__proto__', {
        value: { polluted: true },
        enumerable: true,
        configurable: true,
        writable: true,
      });
    else if (Array.isArray(node)) {
      const list: unknown[] = node;
      list.splice(step % keys.length, how === 'remove' ? 1 : 0, ...(how === 'double' ? [list[0]] : []));
    } else if (how === 'remove') Reflect.deleteProperty(node, key);
    else node[`${key} `] = node[key];
    return;
  }
}

/** JSON with up to four changes, as text. */
export const hostileJson: fc.Arbitrary<(json: unknown) => string> = fc
  .array(change, { minLength: 1, maxLength: 4 })
  .map((changes) => (json) => {
    const copy: unknown = structuredClone(json);
    for (const one of changes) apply(copy, one);
    return JSON.stringify(copy).replaceAll(`"${DEEP}"`, () => '['.repeat(DEPTH) + ']'.repeat(DEPTH));
  });

/** Bytes with up to four accidents. */
export const hostileBytes: fc.Arbitrary<(bytes: Bytes) => Bytes> = fc
  .array(accident, { minLength: 1, maxLength: 4 })
  .map((accidents) => (bytes) => accidents.reduce((so, one) => one(so), bytes));
