/** A file of the site, by its path there. `bench/`, where this page or script is, lies beside it. */
export function siteFile(path: string): string {
  const { origin, pathname } = location;
  return `${origin}${pathname.slice(0, pathname.lastIndexOf('/bench/'))}/${path}`;
}

export function modelFolder(model: string): string {
  return siteFile(`models/${model}`);
}
