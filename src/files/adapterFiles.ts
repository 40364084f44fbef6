/** A PEFT adapter among dropped files: its folder, or a ZIP of it. */
import { PEFT_CONFIG } from '../engine/peft/modules';
import { ADAPTER_FILES, type AdapterFiles } from '../experiment/train/startAdapter';
import { ArchiveError, pathsIn, unzipFiles } from './unzipFiles';
import { t } from '../words/words';

interface Adapter {
  /** Name of its folder. */
  readonly folder: string;
  readonly files: AdapterFiles;
}

/** `folder/adapter_config.json` is in `folder`, and so is a loose `adapter_config.json` in `otherwise`. */
function folderOf(path: string, otherwise: string): string {
  return path.split('/').at(-2) ?? otherwise;
}

function pathOf(file: File): string {
  return file.webkitRelativePath === '' ? file.name : file.webkitRelativePath;
}

/**
 * The adapter among dropped files, or null if there is none: loose files or a folder with an
 * adapter_config.json (and no config.json, which makes it a model), or a ZIP of one.
 * @throws ArchiveError if there are several, or the archive is damaged
 */
export async function adapterIn(files: readonly File[]): Promise<Adapter | null> {
  const [first] = files;
  if (first === undefined) return null;
  const isConfig = (path: string): boolean => path.split('/').at(-1) === PEFT_CONFIG;
  if (files.some(({ name }) => name === PEFT_CONFIG) && !files.some(({ name }) => name === 'config.json')) {
    const configs = files.filter(({ name }) => name === PEFT_CONFIG);
    if (configs.length > 1) throw several(configs.length);
    const path = pathOf(configs[0]!);
    const beside = (name: string): string => path.slice(0, path.length - PEFT_CONFIG.length) + name;
    const wanted = files.filter((file) => ADAPTER_FILES.includes(file.name) && pathOf(file) === beside(file.name));
    const read = wanted.map(async (file) => [file.name, new Uint8Array(await file.arrayBuffer())] as const);
    return { folder: folderOf(path, 'adapter'), files: new Map(await Promise.all(read)) };
  }
  const paths = await pathsIn(first);
  const configs = paths.filter(isConfig);
  // Our own archives that contain more than an adapter say what they are.
  if (configs.length === 0 || paths.some((path) => /^karma-\w+\.json$/.test(path))) return null;
  if (configs.length > 1) throw several(configs.length);
  const [path = ''] = configs;
  const inside = path.slice(0, path.length - PEFT_CONFIG.length);
  const wanted = new Map(ADAPTER_FILES.map((name) => [inside + name, name]));
  const unpacked = await unzipFiles(first.name, first, (one) => wanted.has(one));
  return {
    folder: folderOf(path, first.name.replace(/\.zip$/i, '')),
    files: new Map([...unpacked].map(([at, bytes]) => [wanted.get(at)!, bytes])),
  };
}

function several(count: number): ArchiveError {
  return new ArchiveError(t('It contains {count} adapters. Open the folder of one of them.', { count }));
}
