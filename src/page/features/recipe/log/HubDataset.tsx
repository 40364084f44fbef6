import { useId, useState } from 'react';
import { t } from '../../../../words/words';
import { parseDatasetId } from '../../../../model/modelOrigin';
import type { HubPlace } from '../../../../model/source/httpSource';
import { hubOrigin, USUAL_HUB } from '../../../../recipe/runSpec';
import type { DatasetListing, IntakeFailure } from '../../../../runtime/intakeProtocol';
import { QuestionFailed } from '../../../../runtime/rpc/connect';
import { Checkbox } from '../../../ui/controls/Choice';
import { bytes } from '../../../../readings/format';
import { agreeTo, hostOf, newHub, useHubs } from '../../../state/kept/hubs';
import { useSession } from '../../../state/session/SessionContext';
import styles from './HubDataset.module.css';

/** Files that may be part of a log: tables, compressed or not, and the card that says which are. */
const READABLE =
  /(?:^|\/)readme\.md$|\.(?:csv|tsv|txt|dat|data|item|inter|user|json|jsonl|ndjson|parquet|npy|gz|zip|random|negative|rating)$/i;

interface Listed {
  readonly place: HubPlace;
  readonly listing: DatasetListing;
  readonly chosen: ReadonlySet<string>;
}

/** A dataset by its ID on a hub or a mirror: listed, then the chosen files downloaded and opened as a log. */
export function HubDataset() {
  const { intake: session } = useSession();
  const id = useId();
  const [text, setText] = useState('');
  const [place, setPlace] = useState<HubPlace | null>(null);
  const [listed, setListed] = useState<Listed | null>(null);
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const hubs = useHubs();
  const asked = place === null ? null : newHub(place, hubs);

  async function list(of: HubPlace): Promise<void> {
    setBusy(true);
    setProblem('');
    try {
      const listing = await session.listDataset(of);
      setListed({
        place: of,
        listing,
        chosen: new Set(listing.files.map(({ path }) => path).filter((path) => READABLE.test(path))),
      });
    } catch (error) {
      if (!(error instanceof QuestionFailed)) throw error;
      setProblem((error.failure as IntakeFailure).message);
    } finally {
      setBusy(false);
    }
  }

  function find(): void {
    const parsed = parseDatasetId(text);
    setListed(null);
    setPlace(null);
    if (parsed === null) {
      setProblem(
        t(
          'This is not the ID of a dataset. Write organisation/name as on the hub, with @revision where you want one, or the URL of its page.',
        ),
      );
      return;
    }
    const { id: dataset, revision = 'main', baseUrl = USUAL_HUB } = parsed;
    const found = { id: dataset, revision, baseUrl };
    setProblem('');
    setPlace(found);
    if (newHub(found) === null) void list(found);
  }

  return (
    <div className={styles.dataset}>
      <form
        className={styles.paste}
        onSubmit={(event) => {
          event.preventDefault();
          find();
        }}
      >
        <label htmlFor={id}>{t('Dataset: ID or URL on a hub')}</label>
        <input
          id={id}
          type="text"
          placeholder={t('organisation/name@revision')}
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
          }}
        />
        <button type="submit" disabled={text.trim() === '' || busy}>
          {busy ? t('Listing…') : t('List files')}
        </button>
      </form>
      {problem !== '' && (
        <p role="alert" className={styles.problem}>
          {problem}
        </p>
      )}
      {place !== null && asked !== null && (
        <div role="group" aria-label={t('Another hub')}>
          <p>
            {t(
              'List the files of {dataset} at {host}? It is not the usual hub. The server would see your network address; nothing you opened is sent. Nothing has been requested yet.',
              { dataset: place.id, host: hostOf(hubOrigin(place.baseUrl)) },
            )}
          </p>
          <button
            type="button"
            onClick={() => {
              agreeTo(asked);
              void list(place);
            }}
          >
            {t('Use it')}
          </button>{' '}
          <button
            type="button"
            onClick={() => {
              setPlace(null);
            }}
          >
            {t('Cancel')}
          </button>
        </div>
      )}
      {listed !== null && asked === null && (
        <Files
          listed={listed}
          onChange={(chosen) => {
            setListed({ ...listed, chosen });
          }}
          onOpen={(paths) => {
            session.openDataset(listed.place, paths);
          }}
        />
      )}
    </div>
  );
}

interface FilesProps {
  readonly listed: Listed;
  readonly onChange: (chosen: ReadonlySet<string>) => void;
  readonly onOpen: (paths: readonly string[]) => void;
}

function Files({ listed: { place, listing, chosen }, onChange, onOpen }: FilesProps) {
  const paths = listing.files.map(({ path }) => path).filter((path) => chosen.has(path));
  const total = listing.files.reduce((sum, { path, bytes: size }) => sum + (chosen.has(path) ? (size ?? 0) : 0), 0);
  return (
    <>
      <p>{t('{dataset} at {version}:', { dataset: place.id, version: listing.version.slice(0, 8) })}</p>
      <ul className={styles.files} aria-label={t('Files of {dataset}', { dataset: place.id })}>
        {listing.files.map(({ path, bytes: size }) => (
          <li key={path}>
            <Checkbox
              label={size === null ? path : `${path}, ${bytes(size)}`}
              checked={chosen.has(path)}
              onChange={(checked) => {
                const others = [...chosen].filter((one) => one !== path);
                onChange(new Set(checked ? [...others, path] : others));
              }}
            />
          </li>
        ))}
      </ul>
      <button
        type="button"
        disabled={paths.length === 0}
        onClick={() => {
          onOpen(paths);
        }}
      >
        {t('Download {size} and open', { size: bytes(total) })}
      </button>
    </>
  );
}
