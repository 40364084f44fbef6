import { lazy, Suspense } from 'react';
import { useSeen } from '../../../ui/controls/useSeen';

const ItemPicture = lazy(async () => ({ default: (await import('./ItemPicture')).ItemPicture }));

/**
 * The picture of an item beside its title, loaded with its code when first seen: otherwise its log would be
 * read when the page opens.
 */
export function LazyItemPicture({ title }: { readonly title: string }) {
  const [place, seen] = useSeen<HTMLSpanElement>();
  return (
    <span ref={place}>
      {seen && (
        <Suspense>
          <ItemPicture title={title} />{' '}
        </Suspense>
      )}
    </span>
  );
}
