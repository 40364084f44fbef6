/** `npm run record -- PRESET`: the recorded run that a preset opens with, and the adapters of its arms, as the site ships them. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { float16Bits } from '../model/halfPrecision';
import { halvedSafetensors } from '../model/safetensors';
import { PRESETS } from '../recipe/presets';
import { MOST_RECORDED_BYTES, recordedFiles } from '../recipe/recordedFiles';
import { zipFiles, type PiecedFile } from '../storage/zipWriter';
import { main } from './main';

/** @param root the repository's folder @returns the process's exit code */
export async function recordPreset(args: readonly string[], root: string): Promise<number> {
  const [id = '', given] = args;
  const preset = PRESETS.find((one) => one.id === id);
  if (preset === undefined) {
    console.error(`Name one of the presets: ${PRESETS.map((one) => one.id).join(', ')}.`);
    return 2;
  }
  const folder = given ?? (await mkdtemp(path.join(tmpdir(), 'karma-record-')));
  try {
    // A folder that was given holds what such a run has left.
    if (given === undefined) {
      const code = await main(
        ['--preset', id, '--out', path.join(folder, 'run.json'), '--adapters', path.join(folder, 'adapters')],
        root,
      );
      if (code !== 0) return code;
    }
    await pack(preset.id, folder, path.join(root, 'public'));
    return 0;
  } finally {
    if (given === undefined) await rm(folder, { recursive: true });
  }
}

async function pack(id: string, folder: string, site: string): Promise<void> {
  const { run, adapters } = recordedFiles(id);
  await mkdir(path.join(site, path.dirname(run)), { recursive: true });
  const record = gzipSync(await readFile(path.join(folder, 'run.json')), { level: 9 });
  await writeFile(path.join(site, run), record);
  console.info(`${run}: ${record.length.toLocaleString('en')} bytes`);
  const arms = PRESETS.find((one) => one.id === id)!.spec.arms.map((arm) => arm.id);
  const { zipped, packed } = await packArms(arms, path.join(folder, 'adapters'), MOST_RECORDED_BYTES - record.length);
  const left = arms.filter((arm) => !packed.includes(arm));
  const without = left.length === 0 ? '' : `, without ${left.join(', ')}: too large`;
  if (packed.length > 0) await writeFile(path.join(site, adapters), zipped);
  else await rm(path.join(site, adapters), { force: true });
  console.info(`${adapters}: ${packed.length > 0 ? `${zipped.length.toLocaleString('en')} bytes` : 'none'}${without}`);
}

/** As many arms as fit, each as long as there is room for it, in the recipe's order. */
async function packArms(
  arms: readonly string[],
  folder: string,
  room: number,
): Promise<{ readonly zipped: Uint8Array; readonly packed: readonly string[] }> {
  let files: PiecedFile[] = [];
  const packed: string[] = [];
  for (const arm of arms) {
    const more = [...files, ...(await adapterFiles(folder, arm))];
    if (zipFiles(more).size > room) continue;
    files = more;
    packed.push(arm);
  }
  return { zipped: new Uint8Array(await zipFiles(files).arrayBuffer()), packed };
}

/** `arm/file`; numbers in half precision, which is exact enough to rank, to attend and to speak. */
async function adapterFiles(folder: string, arm: string): Promise<PiecedFile[]> {
  const files: PiecedFile[] = [];
  for (const name of (await readdir(path.join(folder, arm))).sort()) {
    if (name.endsWith('.md')) continue;
    const bytes = Uint8Array.from(await readFile(path.join(folder, arm, name)));
    const content = name.endsWith('.safetensors') ? halvedSafetensors(bytes, name, float16Bits) : bytes;
    files.push({ path: `${arm}/${name}`, pieces: [content], deflated: deflateRawSync(content, { level: 9 }) });
  }
  return files;
}
