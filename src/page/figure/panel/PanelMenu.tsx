import { Menu, type MenuEntry } from '../../controls/Menu';
import styles from './Panel.module.css';

interface PanelMenuProps {
  readonly drawn: boolean;
  readonly tableOpen: boolean;
  readonly onTable: () => void;
  readonly onCsv: () => void;
  readonly onPrint: () => void;
  readonly onFullScreen: () => void;
}

/** Actions on a figure. */
export function PanelMenu({ drawn, tableOpen, onTable, onCsv, onPrint, onFullScreen }: PanelMenuProps) {
  const entries: MenuEntry[] = [
    [tableOpen ? 'Hide data table' : 'Data table', onTable],
    ['CSV', onCsv],
    ...(drawn ? [['Figure for print', onPrint] as const] : []),
    ...(document.fullscreenEnabled ? [['Full screen', onFullScreen] as const] : []),
  ];
  return (
    <div className={styles.menu}>
      <Menu label="Options" entries={entries}>
        ⋯
      </Menu>
    </div>
  );
}
