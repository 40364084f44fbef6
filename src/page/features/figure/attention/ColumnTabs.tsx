import { useRef, type KeyboardEvent } from 'react';
import { t } from '../../../../words/words';
import styles from './Attention.module.css';

interface ColumnTabsProps {
  /** What they choose; default: the model, whose names browsers' translators leave as they are. */
  readonly label?: string;
  readonly tabs: readonly { readonly id: string; readonly label: string }[];
  readonly chosen: string;
  readonly onChoose: (id: string) => void;
}

/**
 * One model at a time if there is no room for a row of them; arrow keys, Home and End choose, by WAI-ARIA's
 * tabs pattern.
 */
export function ColumnTabs({ label, tabs, chosen, onChoose }: ColumnTabsProps) {
  const list = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent): void => {
    const at = tabs.findIndex(({ id }) => id === chosen);
    const last = tabs.length - 1;
    const to = {
      ArrowLeft: at === 0 ? last : at - 1,
      ArrowRight: at === last ? 0 : at + 1,
      Home: 0,
      End: last,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    onChoose(tabs[to]!.id);
    list.current?.querySelectorAll<HTMLElement>('[role=tab]')[to]?.focus();
  };
  return (
    <div ref={list} className={styles.tabs} role="tablist" aria-label={label ?? t('Model')} onKeyDown={onKeyDown}>
      {tabs.map(({ id, label: words }) => (
        <button
          key={id}
          type="button"
          role="tab"
          aria-selected={id === chosen}
          tabIndex={id === chosen ? 0 : -1}
          onClick={() => {
            onChoose(id);
          }}
        >
          <span translate={label === undefined ? 'no' : undefined}>{words}</span>
        </button>
      ))}
    </div>
  );
}
