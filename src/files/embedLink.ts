/**
 * An embedded figure as a URL: `?embed=attention&run=collapse&layer=3&theme=dark&controls=off`,
 * `?embed=forest&grid=rates&at=0.016`. Everything else is written as in other links (`viewLink.ts`). Pure.
 */
import { isHosted, readViewLink, shortLinkText, type ViewLink } from './viewLink';
import type { Theme } from '../readings/choices';
import { t } from '../words/words';

export const EMBEDS = ['attention', 'hr', 'collapse', 'forest'] as const;
export type EmbedKind = (typeof EMBEDS)[number];

export type LinkedGrid =
  /** The site's own. */
  | { readonly kind: 'shipped' }
  | { readonly kind: 'hosted'; readonly url: string }
  /** Contained in the link itself. */
  | { readonly kind: 'packed'; readonly text: string };

export interface EmbedLink extends ViewLink {
  /** Null if the URL names no existing figure. */
  readonly embed: EmbedKind | null;
  readonly grid: LinkedGrid | null;
  /** Value of the axis at which a sweep's lines are compared; null for the largest that most lines have. */
  readonly at: number | null;
  readonly theme: Theme;
  readonly controls: boolean;
}

/** The site's grid in links. */
export const SHIPPED_GRID = 'rates';

export function readEmbed(search: string, hash: string): EmbedLink {
  const parts = new URLSearchParams(search);
  const read = readViewLink(search, hash);
  const problems = [...read.problems];
  const named = parts.get('embed') ?? '';
  const embed = EMBEDS.find((kind) => kind === named) ?? null;
  if (embed === null)
    problems.push(
      t('There is no figure “{name}” to embed: “embed” is {kinds} or {last}.', {
        name: shortLinkText(named),
        kinds: EMBEDS.slice(0, -1).join(', '),
        last: EMBEDS.at(-1)!,
      }),
    );
  const theme = parts.get('theme') ?? 'auto';
  const known = theme === 'light' || theme === 'dark' || theme === 'auto';
  if (!known) problems.push(t('“theme” is light, dark or auto, not “{theme}”.', { theme: shortLinkText(theme) }));
  const controls = parts.get('controls') ?? 'on';
  if (controls !== 'on' && controls !== 'off')
    problems.push(t('“controls” is on or off, not “{controls}”.', { controls: shortLinkText(controls) }));
  const at = parts.get('at');
  const value = at === null || !/^[\d.e+-]{1,24}$/i.test(at) ? Number.NaN : Number(at);
  if (at !== null && !Number.isFinite(value))
    problems.push(t('“at” must be a number, not “{value}”.', { value: shortLinkText(at) }));
  return {
    ...read,
    problems,
    embed,
    grid:
      embed === 'forest' ? readGrid(parts.get('grid'), new URLSearchParams(hash.replace(/^#/, '')).get('grid'), problems) : null,
    at: Number.isFinite(value) ? value : null,
    theme: known ? theme : 'auto',
    controls: controls !== 'off',
  };
}

function readGrid(named: string | null, packed: string | null, problems: string[]): LinkedGrid | null {
  if (packed !== null) return { kind: 'packed', text: packed };
  if (named === null || named === SHIPPED_GRID) return { kind: 'shipped' };
  if (isHosted(named)) return { kind: 'hosted', url: new URL(named).href };
  problems.push(
    t('This site has no grid “{name}”; a file of another site needs an https: address.', { name: shortLinkText(named) }),
  );
  return null;
}

/** The URL of the whole page that shows the same, without the frame's parameters. */
export function wholePage(href: string): string {
  const url = new URL(href);
  const forest = url.searchParams.get('embed') === 'forest';
  for (const name of ['embed', 'theme', 'controls', 'grid', 'at']) url.searchParams.delete(name);
  if (forest) {
    url.searchParams.delete('run');
    url.hash = '';
  } else url.searchParams.set('view', 'figure');
  return url.href;
}
