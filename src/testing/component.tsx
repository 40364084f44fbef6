/** Components in happy-dom, found and used as by a user in files named `*.dom.test.tsx`. */
import type { ReactNode } from 'react';
import { cleanup, render } from '@testing-library/react';
import userEvent, { type UserEvent } from '@testing-library/user-event';
import { onTestFinished } from 'vitest';
import type { Session } from '../page/state/session/session';
import { SessionContext } from '../page/state/session/SessionContext';

/**
 * Renders with a session that has only the given members, until the test ends. Files share this module, so a
 * hook at its top would be the first one's alone.
 */
export function show(children: ReactNode, session: object = {}): UserEvent {
  onTestFinished(cleanup);
  render(<SessionContext value={session as Session}>{children}</SessionContext>);
  return userEvent.setup();
}
