import type { Checked } from '../../record/runRecord';
import { count } from '../format';

/** What was checked of the device's arithmetic, in English. */
export function productsChecked({ products }: Checked): string {
  return `Before training, ${count(products)} matrix products of the run’s shapes were computed on the device from random whole numbers and found to be exact by Freivalds’ method.`;
}
