import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { adapterIn } from './adapterFiles';
import { ArchiveError } from './unzipFiles';

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

/** A file as in a dropped folder. */
function fileAt(path: string, content = path): File {
  const file = new File([content], path.split('/').at(-1)!);
  return Object.defineProperty(file, 'webkitRelativePath', { value: path.includes('/') ? path : '' });
}

function zipOf(paths: readonly string[], name = 'lora.zip'): File {
  return new File([new Uint8Array(zipSync(Object.fromEntries(paths.map((path) => [path, bytes(path)]))))], name);
}

describe('adapterIn', () => {
  it('takes the files of a folder, whatever else is beside them', async () => {
    const files = ['README.md', 'adapter_model.safetensors', 'adapter_config.json', 'karma_heads.safetensors'];
    const adapter = await adapterIn([
      ...files.map((name) => fileAt(`runs/mine/${name}`)),
      fileAt('runs/adapter_model.safetensors'),
    ]);
    expect(adapter?.folder).toBe('mine');
    expect([...adapter!.files.keys()].sort()).toEqual(files.slice(1).sort());
    expect(adapter!.files.get('adapter_model.safetensors')).toEqual(bytes('runs/mine/adapter_model.safetensors'));
  });

  it('takes a ZIP of one, in a folder or not', async () => {
    const inside = await adapterIn([zipOf(['a/mine/adapter_config.json', 'a/mine/adapter_model.safetensors', 'a/notes.txt'])]);
    expect(inside?.folder).toBe('mine');
    expect([...inside!.files.keys()].sort()).toEqual(['adapter_config.json', 'adapter_model.safetensors']);
    expect((await adapterIn([zipOf(['adapter_config.json'])]))?.folder).toBe('lora');
  });

  it('leaves models, logs and other archives alone', async () => {
    expect(await adapterIn([])).toBeNull();
    expect(await adapterIn([fileAt('m/config.json'), fileAt('m/adapter_config.json')])).toBeNull();
    expect(await adapterIn([fileAt('log.csv')])).toBeNull();
    expect(await adapterIn([zipOf(['log.csv'])])).toBeNull();
    expect(await adapterIn([new File(['PK but no archive'], 'x.zip')])).toBeNull();
  });

  it('asks for one if there are several', async () => {
    await expect(adapterIn([fileAt('a/adapter_config.json'), fileAt('b/adapter_config.json')])).rejects.toThrow(ArchiveError);
    await expect(adapterIn([zipOf(['a/adapter_config.json', 'b/adapter_config.json'])])).rejects.toThrow(
      'It contains 2 adapters',
    );
  });
});
