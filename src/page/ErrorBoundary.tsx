import { Component, type ReactNode } from 'react';
import { CopyButton } from './controls/CopyButton';

interface State {
  readonly error: Error | null;
}

/** Where drawing itself fails: says so and keeps the details copyable. A class, because React has no other way. */
export class ErrorBoundary extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: unknown): State {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <main role="alert" style={{ maxWidth: 640, margin: '64px auto', padding: 16 }}>
        <h1 style={{ fontSize: 16 }}>Something went wrong while drawing the page.</h1>
        <p>Reload the page to continue. If it keeps happening with one record or log, the details help to find out why.</p>
        <pre style={{ whiteSpace: 'pre-wrap' }}>{error.message}</pre>
        <CopyButton label="Copy details" text={error.stack ?? error.message} />
      </main>
    );
  }
}
