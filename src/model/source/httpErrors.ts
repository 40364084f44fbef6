/** What a server's refusal means, in words for the user. */
import { message, t } from '../../words/words';
import { ModelError } from '../modelError';
import { MissingFileError } from './modelSource';

const TRY_LATER = message('Try again in a few minutes; what has arrived is stored.');

/** The server cannot be reached, or the browser may not read its answers. */
export function unreachable(url: string, cause: unknown): ModelError {
  return new ModelError(
    t('{url} could not be downloaded: the server could not be reached.', { url }),
    t('Check the network connection and the URL. A mirror must use https and allow cross-origin requests (CORS).'),
    { cause },
  );
}

/** The connection broke repeatedly. */
export function broken(url: string, done: number, total: number | null, cause: unknown): ModelError {
  const bytes = String(done);
  return new ModelError(
    total === null
      ? t('The download of {url} broke off after {bytes} bytes.', { url, bytes })
      : t('The download of {url} broke off after {bytes} of {total} bytes.', { url, bytes, total: String(total) }),
    t('Start it again: it continues where it stopped.'),
    { cause },
  );
}

/**
 * The hub names its reasons in `x-error-code`; other servers give only a status.
 * @param url the requested URL
 */
export function refused(url: string, { status, headers }: Pick<Response, 'status' | 'headers'>): ModelError {
  const kind = url.includes('/datasets/') ? 'dataset' : 'model';
  const failed = t('{url} could not be downloaded (HTTP {status})', { url, status });
  const code = headers.get('x-error-code');
  if (code === 'GatedRepo') {
    return new ModelError(
      t('{failed}: the {kind, select, dataset {dataset} other {model}} is gated.', { failed, kind }),
      t('Accept its conditions on the hub, download the folder with your account, and drop it on this page.'),
    );
  }
  if (code === 'RepoNotFound') {
    return new ModelError(
      t('{failed}: the hub has no public {kind, select, dataset {dataset} other {model}} of that name.', { failed, kind }),
      kind === 'model' ? t('Check the ID, such as HuggingFaceTB/SmolLM2-135M.') : t('Check the ID: organisation/name.'),
    );
  }
  if (code === 'RevisionNotFound') {
    return new ModelError(
      t('{failed}: the {kind, select, dataset {dataset} other {model}} has no such revision.', { failed, kind }),
      t('Check the revision: a branch, a tag or a commit; main is the usual one.'),
    );
  }
  if (status === 404 || status === 410)
    return new MissingFileError(
      `${url} (HTTP ${status})`,
      t('Check the ID and the URL of the {kind, select, dataset {dataset} other {model}}.', { kind }),
    );
  if (status === 401 || status === 403) {
    return new ModelError(
      t('{failed}: the {kind, select, dataset {dataset} other {model}} is gated or private.', { failed, kind }),
      t(
        'Download the folder with your account and drop it on this page, or choose a public {kind, select, dataset {dataset} other {model}}.',
        { kind },
      ),
    );
  }
  if (status === 429) return new ModelError(t('{failed}: the server is limiting requests.', { failed }), t(TRY_LATER));
  if (status >= 500) return new ModelError(t('{failed}: the server is overloaded or failing.', { failed }), t(TRY_LATER));
  return new ModelError(
    t('{url} could not be downloaded (HTTP {status}).', { url, status }),
    t('Check the URL of the {kind, select, dataset {dataset} other {model}}.', { kind }),
  );
}
