import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runSpecSchema } from '../../recipe/runSpec';
import { readme } from './readme';

interface Names {
  readonly name: string;
  readonly arms: readonly [string, string];
  readonly log: string;
  readonly model: string;
  readonly start: string;
}

/** What would do something in a README, in a shell that a line of it is pasted to, or in a table. */
const hostile = fc
  .array(
    fc.constantFrom(
      ...[
        '\n',
        '\r\n',
        '\u2028',
        '\u0085',
        '\v',
        '\t',
        '    ',
        '`',
        '```',
        '$(touch x)',
        ';',
        '&&',
        '|',
        '#',
        "'",
        '"',
        '\\',
        '\u0000',
      ],
      ...['rm -rf ~', 'sbatch slurm.sh', 'a', '한국어', '🙂'],
    ),
    { minLength: 1, maxLength: 12 },
  )
  .map((parts) => `n${parts.join('')}`);
const names: fc.Arbitrary<Names> = fc.record({
  name: hostile,
  arms: fc.tuple(hostile, hostile),
  log: hostile,
  model: hostile,
  start: hostile,
});

const PLAIN: Names = { name: 'name', arms: ['a', 'b'], log: 'log', model: 'model', start: 'start' };

/** Also of a recipe that no schema has seen. */
function written({ name, arms, log, model, start }: Names, checked: boolean, runs: number | null): string[] {
  const plain = runSpecSchema.parse({});
  const named = {
    ...plain,
    name,
    arms: plain.arms.map((arm, i) => ({ ...arm, label: arms[i]! })),
    model: { ...plain.model, id: `local:${model}` },
    lora: { ...plain.lora, start },
  };
  const spec = checked ? runSpecSchema.parse(named) : named;
  return readme({ spec, runs, log, withModel: true, withFeatures: true, withDomain: true }).split(
    /\r\n?|[\n\v\f\u0085\u2028\u2029]/,
  );
}

test('no line of an exported job’s README comes from a name', () => {
  fc.assert(
    fc.property(names, fc.boolean(), fc.option(fc.integer({ min: 1, max: 9 })), (given, checked, runs) => {
      const [found, usual] = [written(given, checked, runs), written(PLAIN, checked, runs)];
      expect(found).toHaveLength(usual.length);
      // The lines that a reader copies into a shell are the same, whatever the names are.
      const commands = (lines: readonly string[]): string[] => lines.filter((line) => line.startsWith('    '));
      expect(commands(found)).toEqual(commands(usual));
      found.forEach((line, i) => {
        if (!/name|log|model|start/.test(usual[i]!)) expect(line).toBe(usual[i]);
      });
    }),
  );
});
