import { t } from '../../../words/words';
import { Menu, type MenuEntry } from '../controls/Menu';
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
    [tableOpen ? t('Hide data table') : t('Data table'), onTable],
    ['CSV', onCsv],
    ...(drawn ? [[t('Figure for print'), onPrint] as const] : []),
    ...(document.fullscreenEnabled ? [[t('Full screen'), onFullScreen] as const] : []),
  ];
  return (
    <div className={styles.menu}>
      <Menu label={t('Options')} entries={entries}>
        ⋯
      </Menu>
    </div>
  );
}
