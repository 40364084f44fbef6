/**
 * The WGSL files under shaders/. A file `shaders/<room>/<name>.wgsl` is a kernel; files in folders below a
 * room are parts, which kernels include with a line of their own:
 *
 *     // #include "losses/{loss}/row.wgsl"
 *
 * Paths start at shaders/; `{loss}` stands for the part that the caller passes as `loss`. A part that is
 * included twice appears once.
 */

const FOLDER = '../../shaders/';
const files = new Map(
  Object.entries(import.meta.glob<string>('../../shaders/**/*.wgsl', { query: '?raw', import: 'default', eager: true })).map(
    ([path, text]) => [path.slice(FOLDER.length), text],
  ),
);

const KERNEL = /^\w+\/(\w+)\.wgsl$/;
/** Paths of kernels by name; names are unique over all rooms. */
const kernels = new Map(
  [...files.keys()].flatMap((path) => (KERNEL.test(path) ? [[KERNEL.exec(path)![1]!, path] as const] : [])),
);

const INCLUDE = /^\/\/ #include "([^"]+)"$/gm;

/** The part that replaces each `{name}` in the paths of includes. */
export type ShaderParts = Readonly<Record<string, string>>;

/**
 * The text of a kernel with its parts in place.
 * @throws Error for a kernel, part or name that does not exist: a programming error, never the user's.
 */
export function shaderSource(name: string, parts: ShaderParts = {}): string {
  return withParts(textOf(kernelPath(name), `kernel ${name}`), parts, new Set(), name);
}

/** A kernel's path under shaders/. @throws Error when no kernel has that name */
export function kernelPath(name: string): string {
  const path = kernels.get(name);
  if (path === undefined) throw new Error(`there is no shader named ${name}`);
  return path;
}

/** Names of all kernels. */
export function shaderNames(): string[] {
  return [...kernels.keys()];
}

/** Paths of all parts. */
export function shaderParts(): string[] {
  return [...files.keys()].filter((path) => !KERNEL.test(path));
}

/** Paths as they are written in a kernel and its parts, including any `{…}`. */
export function includesOf(path: string): string[] {
  return [...textOf(path, path).matchAll(INCLUDE)].map(([, included]) => included!);
}

function withParts(text: string, parts: ShaderParts, seen: Set<string>, kernel: string): string {
  return text.replace(INCLUDE, (_, written: string) => {
    const path = written.replace(/\{(\w+)\}/g, (_whole, name: string) => {
      const part = parts[name];
      if (part === undefined) throw new Error(`kernel ${kernel}: no part is named for ${name}`);
      return part;
    });
    if (seen.has(path)) return '';
    seen.add(path);
    return withParts(textOf(path, `kernel ${kernel}`), parts, seen, kernel);
  });
}

function textOf(path: string, forWhom: string): string {
  const text = files.get(path);
  if (text === undefined) throw new Error(`${forWhom}: there is no shaders/${path}`);
  return text;
}
