import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { rankingMeasures } from '../measures/measures';
import { runRecordSchema } from '../record/runRecord';
import { readEmbed, wholePage } from './embedLink';
import { embedAddress, embedCode, viewAddress } from './shareTargets';
import { fitView, readViewLink, writeViewLink, type LinkedRun, type LinkedView } from './viewLink';

const record = runRecordSchema.parse(
  JSON.parse(gunzipSync(readFileSync('public/recorded/collapse.run.json.gz')).toString()) as unknown,
);

const VIEW: LinkedView = {
  ...{ centre: 'figure', probe: 1, layer: 2, head: 3, step: 75, measure: 'ndcg', k: 20, split: 'cold' },
  ...{ gridMeasure: 'barcode', xAxis: 'examples', arms: ['karma'], users: [0, 7] },
};

describe('view link', () => {
  it('writes the view into a URL, counted from 1, and reads it again', () => {
    const { query, hash } = writeViewLink({ kind: 'shipped', id: 'strong' }, VIEW, record);
    expect(query).toBe(
      '?run=strong&history=2&layer=3&head=4&step=75&measure=ndcg&k=20&targets=cold&sinks=barcode&axis=examples&arms=karma&users=1%2C8&view=figure',
    );
    expect(readViewLink(query, hash)).toEqual({ run: { kind: 'shipped', id: 'strong' }, view: VIEW, problems: [] });
  });

  it.each<LinkedRun>([
    { kind: 'hosted', url: 'https://host.example/run.json?a=1&b=2' },
    { kind: 'packed', text: 'Abc-_09' },
  ])('has a run of kind $kind', (run) => {
    const { query, hash } = writeViewLink(run, {}, record);
    expect(readViewLink(query, hash)).toEqual({ run, view: {}, problems: [] });
  });

  it.each([
    ['?layer=0', '“layer” must be a whole number from 1, not “0”.'],
    ['?head=-1', '“head” must be a whole number from 1, not “-1”.'],
    ['?step=1e9', '“step” must be a whole number from 0, not “1e9”.'],
    ['?k=NaN', '“k” must be a whole number from 1, not “NaN”.'],
    ['?measure=accuracy', 'This page has no “accuracy” for “measure”.'],
    ['?measure=__proto__', 'This page has no “__proto__” for “measure”.'],
    ['?view=admin', 'This page has no “admin” for “view”.'],
    ['?arms=,', '“arms” must name arms, with commas between them, not “,”.'],
    ['?users=0', '“users” must be up to 40 whole numbers from 1, with commas between them, not “0”.'],
    ['?run=other', 'This site has no recorded run “other”.'],
    [
      '?run=javascript:alert(1)',
      'A run file is opened from an https: address without a user name, not from “javascript:alert(1)”.',
    ],
    [
      '?run=http://host.example/run.json',
      'A run file is opened from an https: address without a user name, not from “http://host.example/run.json”.',
    ],
    [
      '?run=https://me:word@host.example/r',
      'A run file is opened from an https: address without a user name, not from “https://me:word@host.example/r”.',
    ],
    [
      '?run=data:application/json,{}',
      'A run file is opened from an https: address without a user name, not from “data:application/json,{}”.',
    ],
  ])('names what it cannot read in %s, and reads the rest', (query, problem) => {
    const read = readViewLink(`${query}&axis=seconds`, '');
    expect(read.problems).toEqual([problem]);
    expect(read.view).toEqual({ xAxis: 'seconds' });
    expect(read.run).toBeNull();
  });

  it('leaves `step` to lessons if they use it', () => {
    expect(readViewLink('?lesson=collapse&step=3', '')).toEqual({ run: null, view: {}, problems: [] });
  });

  it('ignores layers, steps and arms that a run lacks, and names them', () => {
    expect(fitView(record, VIEW)).toEqual({ view: VIEW, problems: [] });
    const { view, problems } = fitView(record, { layer: 9, head: 1, step: 100_000, k: 3, probe: 99, arms: ['gone'] });
    expect(view).toEqual({ head: 1, arms: null });
    expect(problems).toHaveLength(5);
    expect(problems.join(' ')).toContain('This run has no arm “gone”.');
  });
});

describe('embed link', () => {
  it('writes and reads figure, theme and controls', () => {
    const frame = { kind: 'hr', theme: 'dark', controls: false } as const;
    const address = embedAddress('https://host.example/', frame, { kind: 'shipped', id: 'strong' }, VIEW, record);
    const { search, hash } = new URL(address);
    expect(readEmbed(search, hash)).toMatchObject({ embed: 'hr', theme: 'dark', controls: false, problems: [] });
    expect(wholePage(address)).toContain('run=strong');
    expect(wholePage(address)).not.toMatch(/embed|theme|controls/);
  });

  it('says what is wrong with a bad one', () => {
    const { problems, embed } = readEmbed('?embed=spectra&theme=pink&controls=maybe', '');
    expect(embed).toBeNull();
    expect(problems).toHaveLength(3);
    expect(readEmbed('?embed=forest&grid=other&at=x', '')).toMatchObject({ grid: null, at: null });
    expect(readEmbed('?embed=forest&at=0.016', '')).toMatchObject({ grid: { kind: 'shipped' }, at: 0.016 });
  });

  it('escapes everything in the attributes of its code', () => {
    const code = embedCode('https://host.example/?a=1&b="><script>', { kind: 'hr', size: 'small' }, '"><img src=x>');
    expect(code).not.toMatch(/<(?:script|img)/);
    expect(code.match(/</g)).toHaveLength(2);
  });
});

describe('any URL', () => {
  const names = [
    'run',
    'view',
    'history',
    'layer',
    'head',
    'step',
    'measure',
    'k',
    'targets',
    'sinks',
    'axis',
    'arms',
    'embed',
    'grid',
    'at',
    'theme',
    'controls',
  ];
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.constantFrom(
      '',
      '0',
      '-1',
      '1e400',
      'NaN',
      '__proto__',
      'constructor',
      '<script>',
      'https://a@b',
      '//host',
      '%00',
      '9'.repeat(400),
    ),
  );

  it('is read without an error, into a view that fits a run', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), hostile), fc.string({ maxLength: 80 }), (parts, hash) => {
        const query = `?${new URLSearchParams(parts).toString()}`;
        for (const read of [readViewLink(query, hash), readEmbed(query, hash)]) {
          expect(read.problems.every((problem) => problem.length < 300)).toBe(true);
          const { view } = fitView(record, read.view);
          expect(view.layer ?? 0).toBeLessThan(record.base.attention.layers);
          expect(view.probe ?? 0).toBeLessThan(record.probes.length);
          if (view.measure !== undefined) expect(rankingMeasures().map(({ id }) => id)).toContain(view.measure);
          if (read.run?.kind === 'hosted') expect(new URL(read.run.url).protocol).toMatch(/^https?:$/);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('is written for any view, and read back unchanged', () => {
    fc.assert(
      fc.property(
        fc.record(
          {
            layer: fc.nat(1000),
            head: fc.nat(1000),
            step: fc.nat(1_000_000),
            k: fc.integer({ min: 1, max: 1_000_000 }),
            arms: fc.array(
              fc.string({ minLength: 1, maxLength: 20 }).filter((id) => !id.includes(',')),
              { minLength: 1, maxLength: 5 },
            ),
          },
          { requiredKeys: [] },
        ),
        (view) => {
          const { search, hash } = new URL(viewAddress('https://host.example/', null, view, null));
          expect(readViewLink(search, hash)).toEqual({ run: null, view, problems: [] });
        },
      ),
    );
  });
});
