import styles from './Notices.module.css';

interface HostedRunQuestionProps {
  readonly url: string;
  readonly onAnswer: (open: boolean) => void;
}

/** Asked before anything is requested from another site. */
export function HostedRunQuestion({ url, onAnswer }: HostedRunQuestionProps) {
  const { host } = new URL(url);
  return (
    <section className={styles.notice} role="status" aria-label="A run of another site">
      <h2>Load the run from {host}?</h2>
      <p>
        The link names a run at {url}. That server would see your network address; nothing else is sent. Nothing has been
        requested yet.
      </p>
      <p className={styles.actions}>
        <button
          type="button"
          onClick={() => {
            onAnswer(true);
          }}
        >
          Load it
        </button>
        <button
          type="button"
          onClick={() => {
            onAnswer(false);
          }}
        >
          Do not load it
        </button>
      </p>
    </section>
  );
}
