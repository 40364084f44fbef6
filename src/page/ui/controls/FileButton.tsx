import { useRef } from 'react';
import { useSession } from '../../state/session/SessionContext';
import { OPENED, openChosen } from '../../state/session/open';

interface OpenButtonProps {
  /** The button's content. */
  readonly label: string;
  /** Accessible name of the field behind it. */
  readonly name: string;
}

/** Lets the user choose records, recipes or collections of runs, and opens them. */
export function OpenButton({ label, name }: OpenButtonProps) {
  const session = useSession();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" onClick={() => input.current?.click()}>
        {label}
      </button>
      <input
        ref={input}
        type="file"
        hidden
        multiple
        accept={OPENED}
        aria-label={name}
        onChange={({ currentTarget }) => {
          openChosen(currentTarget, session);
        }}
      />
    </>
  );
}
