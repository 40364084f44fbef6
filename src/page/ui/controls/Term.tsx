import { useId, useState, type ReactNode, type SyntheticEvent } from 'react';
import { zoomOf } from '../../../charts/pointer';
import { useEscape } from '../../../charts/useEscape';
import { definitionOf, type GlossaryId } from '../../../readings/glossary';
import styles from './Term.module.css';

/** Keep in step with Term.module.css. */
const TIP_WIDTH = 260;
const MARGIN = 8;

/** A term with its definition. */
export function Term({ id, children }: { readonly id: GlossaryId; readonly children: ReactNode }) {
  return <Tip text={definitionOf(id)}>{children}</Tip>;
}

/**
 * A term with a text shown on hover, focus or tap; the pointer may move onto the text, and Escape hides it.
 */
export function Tip({ text, children }: { readonly text: string; readonly children: ReactNode }) {
  const tip = useId();
  const [place, setPlace] = useState<{ left: number; bottom: number } | null>(null);
  const show = (event: SyntheticEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const zoom = zoomOf(event.currentTarget);
    const left = Math.max(MARGIN, Math.min(box.left / zoom, innerWidth / zoom - TIP_WIDTH - MARGIN));
    setPlace({ left, bottom: (innerHeight - box.top) / zoom });
  };
  const hide = () => {
    setPlace(null);
  };
  useEscape(place !== null, hide);
  return (
    <span
      className={styles.term}
      tabIndex={0}
      aria-describedby={tip}
      onPointerEnter={show}
      onPointerLeave={hide}
      onFocus={show}
      onBlur={hide}
    >
      {children}
      <span id={tip} role="tooltip" className={styles.tip} hidden={place === null} style={place ?? undefined}>
        {text}
      </span>
    </span>
  );
}
