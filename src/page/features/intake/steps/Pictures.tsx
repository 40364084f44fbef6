import { useEffect, useId, useRef, useState } from 'react';
import { t } from '../../../../words/words';
import { REASONS } from '../../../../log/intake/reasons';
import { parseModelId } from '../../../../model/modelOrigin';
import { USUAL_HUB } from '../../../../recipe/runSpec';
import type { PictureProgress, PicturesFound, VisionChoice } from '../../../../runtime/intakeProtocol';
import { bytes, count } from '../../../../readings/format';
import { agreeTo, hostOf, newHub, useHubs } from '../../../state/kept/hubs';
import { useSession } from '../../../state/session/SessionContext';
import { useIntake } from '../../../state/session/intakeState';
import { placesText } from '../../../ui/placesText';
import styles from './Pictures.module.css';

/** Vision models in the layout of transformers.js. */
const SUGGESTED = ['Xenova/dinov2-small', 'Xenova/clip-vit-base-patch32', 'Xenova/siglip-base-patch16-224'];

/**
 * Which items have pictures, and a vision model that makes the log's visual features from them. Nothing if
 * there are none.
 */
export function Pictures() {
  const { intake: session } = useSession();
  const pending = useIntake((intake) => intake.pending);
  const [found, setFound] = useState<PicturesFound | null>(null);
  useEffect(() => {
    if (pending) return undefined;
    let wanted = true;
    void session
      .ask(({ pictures }, recipe) => pictures.find(recipe))
      .then((answer) => {
        if (wanted) setFound(answer);
      });
    return () => {
      wanted = false;
    };
  }, [session, pending]);
  if (found === null) return null;
  const there = found.files + found.inRows + found.hosts.length > 0;
  if (!there && found.unused.length === 0) return null;
  return (
    <section aria-labelledby="intake-pictures" className={styles.pictures}>
      <h3 id="intake-pictures">{t('Pictures of the items')}</h3>
      <p>{countsOf(found)}</p>
      {found.unused.length > 0 && (
        <ul>
          {found.unused.map(({ reason, rows, first, example }) => (
            <li key={reason}>
              {t('{n} not used: {reason}', { n: count(rows), reason: t(REASONS[reason].text) })}{' '}
              <code translate="no">{placesText(first)}</code> <span translate="no">{example}</span>
            </li>
          ))}
        </ul>
      )}
      {found.ownFeatures && <p>{t('The log brings visual features of its own. They are used, and the pictures are not.')}</p>}
      {there && !found.ownFeatures && <Embedding found={found} />}
    </section>
  );
}

function countsOf({ items, files, inRows, hosts, otherHosts }: PicturesFound): string {
  const linked = hosts.reduce((sum, { pictures }) => sum + pictures, 0);
  const kinds = [
    ...(files > 0 ? [t('{n} as a file', { n: count(files) })] : []),
    ...(inRows > 0 ? [t('{n} in their row', { n: count(inRows) })] : []),
    ...(linked > 0
      ? [t('{n} at a web address ({hosts, plural, one {one host} other {# hosts}})', { n: count(linked), hosts: hosts.length })]
      : []),
    ...(otherHosts > 0 ? [t('more at {n} further hosts, which are left out', { n: count(otherHosts) })] : []),
  ];
  return t('{n} of {items} items have a picture: {kinds}.', {
    n: count(files + inRows + linked),
    items: count(items),
    kinds: kinds.join(', ') || t('none'),
  });
}

interface Asked {
  readonly model: VisionChoice;
  /** The origins of hub and URLs that have not been approved. */
  readonly hub: string | null;
  readonly hosts: readonly string[];
}

function Embedding({ found }: { readonly found: PicturesFound }) {
  const { intake: session } = useSession();
  const id = useId();
  const busy = useIntake((intake) => intake.busy);
  const [text, setText] = useState(SUGGESTED[0]!);
  const [folder, setFolder] = useState<readonly File[]>([]);
  const [problem, setProblem] = useState('');
  const [asked, setAsked] = useState<Asked | null>(null);
  const [progress, setProgress] = useState<PictureProgress | null>(null);
  const running = useRef<AbortController | null>(null);
  const agreed = useHubs((hubs) => hubs.agreed);
  useEffect(
    () => () => {
      running.current?.abort();
    },
    [],
  );

  async function embed(model: VisionChoice, hosts: readonly string[]): Promise<void> {
    const controller = new AbortController();
    running.current = controller;
    setAsked(null);
    setProblem('');
    setProgress({ stage: 'model', done: 0, total: 0 });
    const failed = await session.embedPictures({ model, origins: hosts }, { signal: controller.signal, onPart: setProgress });
    setProgress(null);
    setProblem(failed ?? '');
  }

  /** Asks about unapproved hosts, or starts. */
  function begin(): void {
    const model = chosen(text, folder);
    if (typeof model === 'string') {
      setProblem(model);
      return;
    }
    setProblem('');
    const hub = 'place' in model ? newHub(model.place) : null;
    const hosts = found.hosts.map(({ origin }) => origin).filter((origin) => !agreed.includes(origin));
    if (hub === null && hosts.length === 0) void embed(model, originsOf(found));
    else setAsked({ model, hub, hosts });
  }

  return (
    <>
      {found.embedded !== null && (
        <p>
          {t(
            '{n} items have visual features, {width} numbers each, by {model}{cached, select, 0 {} other {; those of {cached} pictures were kept from before}}.',
            {
              n: count(found.embedded.items),
              width: count(found.embedded.width),
              model: found.embedded.model,
              cached: count(found.embedded.cached),
            },
          )}
        </p>
      )}
      <form
        className={styles.model}
        onSubmit={(event) => {
          event.preventDefault();
          begin();
        }}
      >
        <span>
          <label htmlFor={`${id}-model`}>{t('Vision model: ID or URL on a hub')}</label>
          <input
            id={`${id}-model`}
            type="text"
            list={`${id}-models`}
            value={text}
            disabled={folder.length > 0}
            onChange={(event) => {
              setText(event.currentTarget.value);
            }}
          />
          <datalist id={`${id}-models`}>
            {SUGGESTED.map((one) => (
              <option key={one} value={one} />
            ))}
          </datalist>
        </span>
        <span>
          <label htmlFor={`${id}-folder`}>{t('or the files of its folder')}</label>
          <input
            id={`${id}-folder`}
            type="file"
            multiple
            onChange={(event) => {
              setFolder([...(event.currentTarget.files ?? [])]);
            }}
          />
        </span>
        <button type="submit" disabled={busy !== null}>
          {found.embedded === null ? t('Embed the pictures') : t('Embed them again')}
        </button>
      </form>
      {asked !== null && (
        <div role="group" aria-label={t('Other hosts')}>
          <p>
            {asked.hub !== null &&
              `${t('The model would be downloaded from {host}, which is not the usual hub.', { host: hostOf(asked.hub) })} `}
            {asked.hosts.length > 0 && t('Pictures would be requested, one by one, from:')}
          </p>
          {asked.hosts.length > 0 && (
            <ul className={styles.hosts}>
              {asked.hosts.map((origin) => (
                <li key={origin}>
                  {t('{host}, {n} pictures', {
                    host: hostOf(origin),
                    n: count(found.hosts.find((host) => host.origin === origin)?.pictures ?? 0),
                  })}
                </li>
              ))}
            </ul>
          )}
          <p>
            {t(
              'These servers would see your network address and what is requested; nothing else of the log is sent. Nothing has been requested yet.',
            )}
          </p>
          <button
            type="button"
            onClick={() => {
              for (const origin of [...(asked.hub === null ? [] : [asked.hub]), ...asked.hosts]) agreeTo(origin);
              void embed(asked.model, originsOf(found));
            }}
          >
            {t('Use them')}
          </button>{' '}
          {asked.hub === null && (
            <button
              type="button"
              onClick={() => {
                void embed(asked.model, agreed);
              }}
            >
              {t('Leave those pictures out')}
            </button>
          )}{' '}
          <button
            type="button"
            onClick={() => {
              setAsked(null);
            }}
          >
            {t('Cancel')}
          </button>
        </div>
      )}
      {progress !== null && (
        <div className={styles.progress} role="status">
          <label htmlFor={`${id}-progress`}>{progressText(progress)}</label>
          <progress id={`${id}-progress`} max={Math.max(1, progress.total)} value={progress.done} />
          <button
            type="button"
            onClick={() => {
              running.current?.abort();
            }}
          >
            {t('Stop')}
          </button>
        </div>
      )}
      {problem !== '' && (
        <p role="alert" className={styles.problem}>
          {problem}
        </p>
      )}
    </>
  );
}

function originsOf({ hosts }: PicturesFound): string[] {
  return hosts.map(({ origin }) => origin);
}

function progressText(progress: PictureProgress): string {
  const { done, total } = progress;
  if (progress.stage === 'model')
    return total === 0
      ? t('Asking for the model…')
      : t('Bringing the model here: {done} of {total}', { done: bytes(done), total: bytes(total) });
  const on = progress.provider === 'webgpu' ? 'WebGPU' : 'WebAssembly';
  return t('{done} of {total} pictures on {on}{cached, select, 0 {} other {, {cached} of them kept from before}}', {
    ...{ done: count(done), total: count(total), on },
    cached: count(progress.cached),
  });
}

/** @returns the model, or what is wrong with the typed text */
function chosen(text: string, folder: readonly File[]): VisionChoice | string {
  if (folder.length > 0) return { files: folder, name: 'local vision model' };
  const parsed = parseModelId(text);
  if (parsed === null || !parsed.id.includes('/')) {
    return t(
      'This is not the ID of a model. Write organisation/name as on the hub, with @revision where you want one, or the URL of its page.',
    );
  }
  const { id, revision = 'main', baseUrl = USUAL_HUB } = parsed;
  return { place: { id, revision, baseUrl } };
}
