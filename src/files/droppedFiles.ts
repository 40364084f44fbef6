/** The files of a drop, including those in folders at any depth. */

/** Must be called while the event is handled: a browser forgets what was dropped afterwards. */
export function droppedFiles({ items, files }: DataTransfer): Promise<File[]> {
  const entries = [...items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const folders = entries.filter(({ isDirectory }) => isDirectory) as FileSystemDirectoryEntry[];
  if (folders.length === 0) return Promise.resolve([...files]);
  const loose = [...files].filter(({ name }) => !folders.some((folder) => folder.name === name));
  return Promise.all(folders.map((folder) => filesOf(folder, folder.name))).then((inside) => [...loose, ...inside.flat()]);
}

/** @param root the path of the folder */
async function filesOf(folder: FileSystemDirectoryEntry, root: string): Promise<File[]> {
  const reader = folder.createReader();
  const files: File[] = [];
  // Browsers return about a hundred entries at a time.
  for (let entries = await read(reader); entries.length > 0; entries = await read(reader)) {
    for (const entry of entries) {
      if (entry.isDirectory) files.push(...(await filesOf(entry as FileSystemDirectoryEntry, `${root}/${entry.name}`)));
      else files.push(await fileOf(entry as FileSystemFileEntry, root));
    }
  }
  return files;
}

function read(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
  return new Promise((resolve, reject) => {
    reader.readEntries(resolve, reject);
  });
}

/** Adds its folders to its path, as for files of a chosen folder. */
async function fileOf(entry: FileSystemFileEntry, root: string): Promise<File> {
  const file = await new Promise<File>((resolve, reject) => {
    entry.file(resolve, reject);
  });
  return Object.defineProperty(file, 'webkitRelativePath', { value: `${root}/${file.name}` });
}
