import { lazy, Suspense } from 'react';

const ItemPicture = lazy(async () => ({ default: (await import('./ItemPicture')).ItemPicture }));

/** The picture of an item beside its title, fetched when it is first drawn, code and all. */
export function LazyItemPicture({ title }: { readonly title: string }) {
  return (
    <Suspense>
      <ItemPicture title={title} />{' '}
    </Suspense>
  );
}
