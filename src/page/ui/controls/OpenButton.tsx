import { useRef } from 'react';

interface OpenButtonProps {
  /** The button's content. */
  readonly label: string;
  /** Accessible name of the field behind it. */
  readonly name: string;
  /** Endings of the files to offer, comma-separated. */
  readonly accept: string;
  /** Takes the files that were chosen in the field, and empties it. */
  readonly onChosen: (field: HTMLInputElement) => void;
}

/** A button that asks for files. */
export function OpenButton({ label, name, accept, onChosen }: OpenButtonProps) {
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
        accept={accept}
        aria-label={name}
        onChange={({ currentTarget }) => {
          onChosen(currentTarget);
        }}
      />
    </>
  );
}
