/** Components in happy-dom, found and used as by a user; files that render start with `@vitest-environment happy-dom`. */
import type { ReactNode } from 'react';
import { cleanup, render } from '@testing-library/react';
import userEvent, { type UserEvent } from '@testing-library/user-event';
import { afterEach } from 'vitest';
import type { Session } from '../page/state/session';
import { SessionContext } from '../page/state/SessionContext';

afterEach(cleanup);

/** Renders with a session that has only the given members. */
export function show(children: ReactNode, session: object = {}): UserEvent {
  render(<SessionContext value={session as Session}>{children}</SessionContext>);
  return userEvent.setup();
}
