import styles from './Attention.module.css';

interface ColumnTabsProps {
  readonly tabs: readonly { readonly id: string; readonly label: string }[];
  readonly chosen: string;
  readonly onChoose: (id: string) => void;
}

/** One model at a time where there is no room for a row of them. */
export function ColumnTabs({ tabs, chosen, onChoose }: ColumnTabsProps) {
  return (
    <div className={styles.tabs} role="tablist" aria-label="Model">
      {tabs.map(({ id, label }) => (
        <button
          key={id}
          type="button"
          role="tab"
          aria-selected={id === chosen}
          onClick={() => {
            onChoose(id);
          }}
        >
          {label}
        </button>
      ))}
    </div>
  );
}
