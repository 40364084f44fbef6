/**
 * Dataset folders as on a hub: a card (README.md) and Parquet shards, generated according to the hub's
 * documentation.
 */
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { inspectFiles } from '../intake/intake';
import { readLog } from '../readLog';
import { fileOf } from '../../testing/smallLogs';
import { cardEntries, readCard } from './datasetCard';
import { frontMatter } from './frontMatter';

const card = (matter: string): string => `---\n${matter}---\n\n# A dataset\n\n| a | b |\n|---|---|\n`;

describe('front matter', () => {
  it('is read as YAML: lists at either indentation, quotes, comments, lists in brackets', () => {
    const text = card(`license: mit # of the data
tags:
- games
- "two: words"
configs:
  - config_name: default
    data_files:
    - split: train
      path: ["data/a.csv", 'data/b.csv']
    -
      split: test
      path: "test/*.csv"
    default: true
size: {}
empty:
`);
    expect(frontMatter(text)).toEqual({
      license: 'mit',
      tags: ['games', 'two: words'],
      configs: [
        {
          config_name: 'default',
          data_files: [
            { split: 'train', path: ['data/a.csv', 'data/b.csv'] },
            { split: 'test', path: 'test/*.csv' },
          ],
          default: 'true',
        },
      ],
      size: '{}',
      empty: '',
    });
  });

  it('needs its delimiter lines, and a card needs files or splits', () => {
    expect([frontMatter('# Title\n'), frontMatter('---\na: 1\n'), readCard(card('license: mit\n'))]).toEqual([null, null, null]);
  });
});

it('lists files by patterns, loose ones by name, and without configs by the names of splits', () => {
  const listed = readCard(
    card('configs:\n- config_name: a\n  data_files: "x/**/*.csv"\n- config_name: b\n  data_files: y?.csv\n'),
  )!;
  expect(cardEntries(listed, 'x/deep/er/one.csv')).toEqual([{ config: 'a', split: 'train', rows: null }]);
  expect(cardEntries(listed, 'x/one.csv').map(({ config }) => config)).toEqual(['a']);
  expect(cardEntries(listed, 'y1.csv').map(({ config }) => config)).toEqual(['a', 'b']);
  expect(cardEntries(listed, 'z/y1.csv')).toEqual([]);
  const info = readCard(
    card('dataset_info:\n  splits:\n  - name: train\n    num_examples: 7\n  - name: test\n    num_examples: 2\n'),
  )!;
  expect(cardEntries(info, 'data/test-00000-of-00001.parquet')).toEqual([{ config: 'default', split: 'test', rows: 2 }]);
});

/** A shard of events. */
function shard(name: string, rows: readonly (readonly [user: string, item: string, time: number])[]): File {
  const column = (at: number): unknown[] => rows.map((row) => row[at]);
  const buffer = parquetWriteBuffer({
    columnData: [
      { name: 'user_id', data: column(0), type: 'STRING' },
      { name: 'parent_asin', data: column(1), type: 'STRING' },
      { name: 'timestamp', data: column(2), type: 'DOUBLE' },
    ] as Parameters<typeof parquetWriteBuffer>[0]['columnData'],
  });
  return fileOf(name, new Uint8Array(buffer));
}

const times = (user: string, ...items: string[]): [string, string, number][] =>
  items.map((item, at) => [user, item, 1_600_000_000 + 100 * at]);

describe('a dataset’s folder', () => {
  const README = card(`configs:
- config_name: small
  data_files:
  - split: train
    path: small/part-0.parquet
- config_name: full
  default: true
  data_files:
  - split: train
    path: data/part-*
  - split: validation
    path: held/out.parquet
  - split: test
    path: held/last.parquet
dataset_info:
- config_name: full
  splits:
  - name: train
    num_examples: 6
  - name: validation
    num_examples: 2
  - name: test
    num_examples: 3
`);
  const files = [
    fileOf('games/README.md', README),
    shard('games/data/part-00000-of-00002.parquet', times('u', 'a', 'b', 'c')),
    shard('games/data/part-00001-of-00002.parquet', times('v', 'b', 'c', 'a')),
    shard('games/held/out.parquet', [
      ['u', 'd', 1_600_000_900],
      ['v', 'd', 1_600_000_900],
    ]),
    shard('games/held/last.parquet', [
      ['u', 'e', 1_600_001_000],
      ['v', 'e', 1_600_001_000],
    ]),
    shard('games/small/part-0.parquet', times('w', 'a', 'b', 'c', 'd')),
  ];

  it('gives the split of its card’s default config, and says if counts differ', async () => {
    const { guesses } = await inspectFiles(files);
    expect(guesses.map(({ mapping: { part, share } }) => [part, share])).toEqual([
      ['ignored', null],
      ['events', 'train'],
      ['events', 'train'],
      ['events', 'validation'],
      ['events', 'test'],
      ['ignored', null],
    ]);
    const read = await readLog(files);
    expect([read.log.name, read.log.users.length, read.recipe.split.kind]).toEqual(['games', 2, 'given']);
    expect([read.split.validation.length, read.split.test.length]).toEqual([2, 2]);
    const said = read.findings.map(({ message }) => message);
    expect(said).toContain('2 rows of games/full/test, where the dataset’s card says 3');
    expect(said.filter((message) => message.includes('card says'))).toHaveLength(1);
    expect(said.filter((message) => message.includes('shard'))).toEqual([]);
  });

  it('says which shards are missing', async () => {
    const read = await readLog(files.filter(({ name }) => !name.includes('part-00001')));
    const said = read.findings.map(({ message }) => message);
    expect(said).toContain('1 of 2 shards of games/data/part are here');
    expect(said).toContain('3 rows of games/full/train, where the dataset’s card says 6');
  });

  it('is read from loose files too', async () => {
    const loose = [
      fileOf('README.md', README),
      ...files.filter(({ name }) => /data|held/.test(name)).map((file) => new File([file], file.name.replace(/.*\//, ''))),
    ];
    const { guesses } = await inspectFiles(loose);
    expect(guesses.map(({ mapping: { share } }) => share)).toEqual([null, 'train', 'train', 'validation', 'test']);
  });
});
