import type { CheckedProducts } from '../../record/runRecord';
import { compact, count } from '../format';

/** What was checked of the device's arithmetic, in English. */
export function productsChecked({ products, worst }: CheckedProducts): string {
  const share = compact(Number(worst.toPrecision(2)));
  return `Each of the ${count(products)} sizes of matrix products was computed on random numbers before training and compared with the processor’s by Freivalds’ method; the largest error was ${share} of what rounding allows.`;
}
