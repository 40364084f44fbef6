/** Where the model that a recipe names comes from. */
import { t } from '../words/words';
import { DROPPED_PREFIX, EMBEDDED_MODEL, type RunSpec } from '../recipe/runSpec';
import { ModelError } from './modelError';

export type ModelOrigin = 'embedded' | 'dropped' | 'hub';

/** The hub's rules for names: letters, digits, `-`, `_` and `.`. */
const HUB_ID = /^\w[\w.-]*\/\w[\w.-]*$/;

/** @throws ModelError when the ID fits no origin. */
export function originOf({ id }: Pick<RunSpec['model'], 'id'>): ModelOrigin {
  if (id === EMBEDDED_MODEL) return 'embedded';
  if (id.startsWith(DROPPED_PREFIX)) return 'dropped';
  if (HUB_ID.test(id)) return 'hub';
  throw new ModelError(
    t('“{id}” is not a model ID.', { id }),
    t('Write organisation/name as on the hub, such as HuggingFaceTB/SmolLM2-135M, or {embedded}.', {
      embedded: EMBEDDED_MODEL,
    }),
  );
}

/**
 * The model's name for other programs: a dropped model has no ID that they could load, so its folder's name
 * is used.
 */
export function modelName(id: string): string {
  return id.startsWith(DROPPED_PREFIX) ? id.slice(DROPPED_PREFIX.length) : id;
}

/**
 * The revision of a loaded model for other programs: the hub's commit if known, else the recipe's; null for a
 * model that is from no hub.
 * @throws ModelError as `originOf` does
 */
export function loadedRevision(
  { id, version }: { readonly id: string; readonly version?: string },
  revision: string,
): string | null {
  return originOf({ id }) === 'hub' ? (version ?? revision) : null;
}

/** `organisation/name@revision`, or a pasted URL of the model's page on a hub; null if it is neither. */
export function parseModelId(
  text: string,
): (Partial<Pick<RunSpec['model'], 'baseUrl' | 'revision'>> & { readonly id: string }) | null {
  const trimmed = text.trim();
  if (/^https?:\/\//.test(trimmed)) return parseAddress(trimmed);
  const at = trimmed.indexOf('@');
  const id = at < 0 ? trimmed : trimmed.slice(0, at);
  const revision = at < 0 ? 'main' : trimmed.slice(at + 1);
  if (id === EMBEDDED_MODEL && at < 0) return { id };
  return HUB_ID.test(id) && revision !== '' ? { id, revision } : null;
}

/** The same for a dataset, whose page is at `/datasets/organisation/name`. */
export function parseDatasetId(text: string): ReturnType<typeof parseModelId> {
  const parsed = parseModelId(
    text.trim().replace(/^(https?:\/\/[^/]+)?\/?datasets\//, (_, host?: string) => (host ? `${host}/` : '')),
  );
  return parsed?.id.includes('/') === true ? parsed : null;
}

/** `https://hub/organisation/name`, with `/tree/revision` or not. */
function parseAddress(address: string): ReturnType<typeof parseModelId> {
  if (!URL.canParse(address)) return null;
  const { origin, pathname } = new URL(address);
  const [organisation = '', name = '', kind, ...rest] = pathname.split('/').filter(Boolean).map(decodeURIComponent);
  const id = `${organisation}/${name}`;
  const revision = (kind === 'tree' || kind === 'resolve' || kind === 'blob') && rest[0] ? rest[0] : 'main';
  return HUB_ID.test(id) ? { id, revision, baseUrl: origin } : null;
}
