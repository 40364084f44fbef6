/**
 * Logs that the site has beside the sample. Their files are fetched when somebody asks for them, and read as
 * files that a user opens.
 */
export interface SiteLog {
  /** Name of the log and of its folder, as in `data.id` and on the command line. */
  readonly id: string;
  readonly title: string;
  /** Below the page's own folder. */
  readonly folder: string;
  readonly file: string;
  /** Beside it: columns, filters and split, as the findings have them. */
  readonly recipe: string;
  /** Bytes of the file. */
  readonly bytes: number;
  /** SHA-256 of the log that file and recipe give. */
  readonly hash: string;
  /** Lines of the source, from its first on, and all of them. */
  readonly lines: number;
  readonly allLines: number;
  readonly author: string;
  readonly url: string;
  readonly licence: string;
  readonly licenceUrl: string;
}

/** Made by tools/onlineRetail; its README.md says what was changed. */
export const ONLINE_RETAIL: SiteLog = {
  id: 'online-retail',
  title: 'UCI Online Retail',
  folder: 'datasets/online-retail',
  file: 'online-retail.parquet',
  recipe: 'recipe.json',
  bytes: 1_226_092,
  hash: '28ae349e827fc69346de729fa6e2980e09ab25d008e77ca636100b44060f82cf',
  lines: 240_007,
  allLines: 541_909,
  author: 'D. Chen, 2015',
  url: 'https://doi.org/10.24432/C5BW33',
  licence: 'CC BY 4.0',
  licenceUrl: 'https://creativecommons.org/licenses/by/4.0/',
};

/** The share of the source's lines that it has, in whole percent. */
export function percentOf({ lines, allLines }: SiteLog): number {
  return Math.round((100 * lines) / allLines);
}

/** The site's log that a recipe or a run names: by its content, else, if that is unknown, by its name. */
export function siteLogOf(named: { readonly name: string | null; readonly hash: string | null } | null): SiteLog | null {
  if (named === null) return null;
  const same = named.hash === null ? named.name === ONLINE_RETAIL.id : named.hash === ONLINE_RETAIL.hash;
  return same ? ONLINE_RETAIL : null;
}
