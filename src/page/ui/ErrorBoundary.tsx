import { Component, createContext, use, type ReactNode } from 'react';
import { CopyButton } from './controls/CopyButton';
import notices from './Notices.module.css';
import styles from './ErrorBoundary.module.css';
import { t } from '../../words/words';

interface BoundaryProps {
  readonly children: ReactNode;
  /** Name on the page of what cannot be drawn; default: the whole page. */
  readonly name?: string;
  /** Rendering is tried again whenever this changes. */
  readonly of?: unknown;
}

interface State {
  readonly error: Error | null;
}

/**
 * Handles errors while rendering: reports them, offers the details for copying and keeps the rest of the
 * page. A class, because React has no other way.
 */
export class ErrorBoundary extends Component<BoundaryProps, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: unknown): State {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override componentDidUpdate(before: BoundaryProps): void {
    if (before.of !== this.props.of && this.state.error !== null) this.setState({ error: null });
  }

  override render(): ReactNode {
    const { error } = this.state;
    const { name, children } = this.props;
    if (!error) return children;
    const again = (): void => {
      this.setState({ error: null });
    };
    return (
      <section className={name === undefined ? styles.page : styles.panel} role="alert">
        <h2>
          {name === undefined ? t('Something went wrong while drawing the page.') : t('{name} could not be drawn.', { name })}
        </h2>
        <p>
          {name === undefined
            ? t('Reload the page to continue. If it keeps happening with one record or log, the details help to find out why.')
            : t(
                'The rest of the page and a run under way are not affected. If it keeps happening with one record or log, the details help to find out why.',
              )}
        </p>
        <pre className={notices.detail} translate="no">
          {error.message}
        </pre>
        <p className={notices.actions}>
          <button type="button" onClick={again}>
            {t('Try again')}
          </button>
          <CopyButton label={t('Copy details')} text={error.stack ?? error.message} />
        </p>
      </section>
    );
  }
}

/**
 * What parts of the page show, so that one that failed is tried again with another: when the experiment on
 * the page was made.
 */
export const BoundarySubject = createContext<string | undefined>(undefined);

/** A part of the page that fails separately, and is tried again with another subject. */
export function Apart({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <ErrorBoundary name={name} of={use(BoundarySubject)}>
      {children}
    </ErrorBoundary>
  );
}
