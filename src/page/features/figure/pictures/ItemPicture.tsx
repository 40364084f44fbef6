import { t } from '../../../../words/words';
import { use, useEffect } from 'react';
import { SessionContext } from '../../../state/session/SessionContext';
import { useMeasuredRecord } from '../../../state/run/useFigureArms';
import { askPicture, useItemPictures } from './itemPictures';
import { Picture } from '../../../ui/pictures/Picture';

/**
 * The picture of an item of the record shown, by its title, if its log is open and has one.
 * @param named whether it has a text alternative
 */
export function ItemPicture({ title, named = false }: { readonly title: string; readonly named?: boolean }) {
  const session = use(SessionContext);
  const { id, hash } = useMeasuredRecord().data;
  const pixels = useItemPictures((pictures) => pictures[hash]?.[title]);
  useEffect(() => {
    if (session !== null) askPicture(session, { id, hash }, title);
  }, [session, id, hash, title]);
  return pixels ? <Picture pixels={pixels} {...(named && { label: t('Picture of {item}', { item: title }) })} /> : null;
}
