import { useEffect, useLayoutEffect, useState } from 'react';
import { SAMPLE_LOG } from '../../../log/sampleLog';
import { AttentionPanel } from '../../features/figure/attention/AttentionPanel';
import { CollapsePanel } from '../../features/figure/collapse/CollapsePanel';
import { WithControls } from '../../ui/panel/chrome';
import { RankingOverSteps } from '../../features/figure/ranking/RankingPanels';
import { HostedRunQuestion } from '../notices/HostedRunQuestion';
import type { RunRecord } from '../../../record/runRecord';
import { exhibit } from '../../state/run/exhibit';
import { lookAt, setView } from '../../state/view/view';
import { fitView } from '../../../files/viewLink';
import { EmbeddedForest } from './EmbeddedForest';
import { wholePage, type EmbedLink } from '../../../files/embedLink';
import { elsewhereOf, loadEmbedded, type Loaded } from './loadEmbedded';
import styles from './Embed.module.css';
import { dateFormat, t } from '../../../words/words';

/** One figure of one run or grid, without the page around it. */
export function EmbeddedFigure({ link }: { readonly link: EmbedLink }) {
  const [agreed, setAgreed] = useState<boolean | null>(null);
  const elsewhere = elsewhereOf(link);
  const waits = elsewhere !== null && agreed === null;
  const refused = elsewhere !== null && agreed === false;
  const [loaded, setLoaded] = useState<Loaded>({ state: 'loading' });
  useLayoutEffect(() => {
    setView({ theme: link.theme });
    document.documentElement.dataset.theme = link.theme;
    document.title = t('A figure of KARMA Playground');
  }, [link.theme]);
  useEffect(() => {
    if (waits || refused || link.embed === null) return;
    const stop = new AbortController();
    void loadEmbedded(link, stop.signal).then((next) => {
      if (stop.signal.aborted) return;
      if (next.state === 'run') {
        // Opened as on the page, then set as the link specifies.
        lookAt(next.record);
        const fitted = fitView(next.record, link.view);
        setView(fitted.view);
        exhibit(next.record);
        setLoaded({ ...next, problems: [...next.problems, ...fitted.problems] });
      } else setLoaded(next);
    });
    return () => {
      stop.abort();
    };
  }, [link, waits, refused]);
  const problems = [...link.problems, ...(loaded.state === 'run' || loaded.state === 'forest' ? loaded.problems : [])];
  return (
    <main className={styles.embed}>
      {waits && <HostedRunQuestion url={elsewhere} onAnswer={setAgreed} />}
      {refused && <p>{t('Nothing was loaded from {host}.', { host: new URL(elsewhere).host })}</p>}
      {link.embed !== null && !waits && !refused && loaded.state === 'loading' && <p role="status">{t('Loading the figure…')}</p>}
      {loaded.state === 'failed' && (
        <p role="alert">{t('The figure could not be loaded. {reason}', { reason: loaded.reason })}</p>
      )}
      {problems.length > 0 && (
        <p role="alert" className={styles.problems}>
          {problems.join(' ')}
        </p>
      )}
      <WithControls value={link.controls}>
        {loaded.state === 'run' && link.embed === 'attention' && <AttentionPanel />}
        {loaded.state === 'run' && link.embed === 'hr' && <RankingOverSteps />}
        {loaded.state === 'run' && link.embed === 'collapse' && <CollapsePanel />}
        {loaded.state === 'forest' && <EmbeddedForest forest={loaded.forest} />}
      </WithControls>
      <p className={styles.foot}>
        {loaded.state === 'run' && (
          <span>
            {loaded.record.data.id === SAMPLE_LOG.id
              ? t('Run “{run}”, seed {seed}, on {log}, whose behaviour is simulated, recorded {date}.', facts(loaded.record))
              : t('Run “{run}”, seed {seed}, on {log}, recorded {date}.', facts(loaded.record))}
          </span>
        )}{' '}
        {link.run?.kind !== 'given' && (
          <a href={wholePage(location.href)} target="_blank" rel="noopener">
            {loaded.state === 'run' ? t('Open this figure in KARMA Playground') : 'KARMA Playground'}
          </a>
        )}
      </p>
    </main>
  );
}

function facts({ spec, data, createdAt }: RunRecord) {
  return { run: spec.name, seed: spec.seed, log: data.name, date: dated(createdAt) };
}

function dated(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? t('at an unknown time') : dateFormat({ dateStyle: 'long', timeZone: 'UTC' }).format(date);
}
