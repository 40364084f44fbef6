import { afterEach, describe, expect, it } from 'vitest';
import { startHub, type HubServer } from '../../testing/hubServer';
import { DatasetService } from './datasets';
import { SourceService } from './sources';

const text = (content: string): Uint8Array<ArrayBuffer> => Uint8Array.from(new TextEncoder().encode(content));
const FILES = new Map([
  ['README.md', text('---\nconfigs:\n- config_name: default\n  data_files:\n  - split: train\n    path: data/a b.csv\n---\n')],
  ['data/a b.csv', text('user_id,item_id,timestamp\nu,a,1\nu,b,2\nu,c,3\nu,d,4\n')],
]);

let hub: HubServer;
afterEach(async () => {
  await hub.close();
});

const asking = () => {
  const told: string[] = [];
  return {
    told,
    signal: new AbortController().signal,
    tell: ({ file, done, total }: { file: string; done: number; total: number }) => told.push(`${file} ${done}/${total}`),
  };
};

describe('a dataset on a hub', () => {
  it('is listed, downloaded at its commit, and inspected', async () => {
    hub = await startHub({ repositories: new Map([['datasets/org/shop', FILES]]) });
    const sources = new SourceService();
    const service = new DatasetService(sources);
    const place = { id: 'org/shop', revision: 'main', baseUrl: hub.url };
    const { version, files } = await service.list(place, { ...asking(), tell: () => undefined });
    expect(files.map(({ path }) => path)).toEqual([...FILES.keys()]);
    const asked = asking();
    const {
      sources: seen,
      missing,
      files: downloaded,
    } = await service.open({ place, paths: [...FILES.keys()], remembered: {} }, asked);
    expect(missing).toBeNull();
    expect(downloaded.map(({ name, size }) => [name, size])).toEqual(
      [...FILES].map(([path, { length }]) => [`shop/${path}`, length]),
    );
    expect(seen.map(({ mapping: { name, part, share } }) => [name, part, share])).toEqual([
      ['shop/README.md', 'ignored', null],
      ['shop/data/a b.csv', 'events', 'train'],
    ]);
    const total = [...FILES.values()].reduce((sum, { length }) => sum + length, 0);
    expect(asked.told.at(-1)).toBe(`data/a b.csv ${total}/${total}`);
    expect(hub.asked.map(({ path }) => path)).toContain(`/datasets/org/shop/resolve/${version}/data/a b.csv`);
  });

  it('reports errors in terms of datasets', async () => {
    hub = await startHub({ repositories: new Map([['datasets/org/shop', FILES]]) });
    const service = new DatasetService(new SourceService());
    const list = (id: string) => service.list({ id, revision: 'main', baseUrl: hub.url }, { ...asking(), tell: () => undefined });
    await expect(list('org/none')).rejects.toThrow('no public dataset of that name');
    await hub.close();
    hub = await startHub({ repositories: new Map([['datasets/org/shop', FILES]]), api: false });
    await expect(list('org/shop')).rejects.toThrow('does not list the files of org/shop');
  });
});
