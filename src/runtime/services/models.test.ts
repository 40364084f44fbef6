import { expect, it } from 'vitest';
import type { StoredFile } from '../../storage/fileStore';
import { groupsOf } from './models';

function files(group: string, names: readonly string[], hash: string | null = 'hash'): StoredFile[] {
  return names.map((name) => ({ key: `https://hub/${group}/${name}`, group, version: null, total: 3, hash, bytes: 3 }));
}

it('distinguishes complete models from those that lack weights', () => {
  const shard = (at: number): string => `model-0000${at}-of-00002.safetensors`;
  const kept = [
    ...files('tile ratings', ['tiles']),
    ...files('one/file', ['config.json', 'model.safetensors']),
    ...files('two/shards', ['config.json', 'model.safetensors.index.json', shard(1), shard(2)]),
    ...files('one/shard', ['config.json', 'model.safetensors.index.json', shard(1)]),
    ...files('no/weights', ['config.json', 'tokenizer.json', 'features-0123.safetensors']),
    ...files('a/part', ['model.safetensors'], null),
    ...files('a/part', ['config.json']),
  ];
  const groups = groupsOf(kept);
  expect(groups.map(({ group, whole }) => [group, whole])).toEqual([
    ['tile ratings', true],
    ['one/file', true],
    ['two/shards', true],
    ['one/shard', false],
    ['no/weights', false],
    ['a/part', false],
  ]);
  expect(groups[2]).toMatchObject({ files: 4, bytes: 12 });
});
