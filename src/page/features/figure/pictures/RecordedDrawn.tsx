import { fromBase64 } from '../../../../record/base64';
import { opaque } from '../../../../record/pixels';
import type { ProbeReading } from '../../../../record/runRecord';
import { Drawn } from '../../../ui/pictures/Drawn';
import { ItemPicture } from './ItemPicture';

/** What an arm of the record drew. */
export function RecordedDrawn({ picture: { pixels, nearest } }: { readonly picture: NonNullable<ProbeReading['picture']> }) {
  return (
    <Drawn
      pixels={pixels === null ? null : opaque(fromBase64(pixels))}
      nearest={nearest}
      picture={(place) => <ItemPicture title={nearest[place]!.title} named />}
    />
  );
}
