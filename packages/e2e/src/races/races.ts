import { crowd } from './crowd.ts';
import { doubleClicks } from './double-clicks.ts';
import { cancelAgainstCapture } from './named/cancel-against-capture.ts';
import { deadlineDuringPayment, lateSuccess, lateSuccessAfterDeadline } from './named/out-of-time.ts';
import { lastUnit, twoLinesOneArticle } from './named/scarce.ts';
import { repeatedCancels, repeatedCards } from './repeated-calls.ts';
import type { Race, Scale } from './stage.ts';

/** Every race, one after the other, by the name that `--only` looks for. */
export const races = ({ crowds }: Scale): readonly { readonly name: string; readonly race: Race }[] => [
  ...crowds.map((size) => ({ name: `crowd ${String(size.buyers)}`, race: crowd(size) })),
  { name: 'clicks', race: doubleClicks },
  { name: 'cancels', race: repeatedCancels },
  { name: 'cards', race: repeatedCards },
  { name: 'last unit', race: lastUnit },
  { name: 'two lines', race: twoLinesOneArticle },
  { name: 'cancel against capture', race: cancelAgainstCapture },
  { name: 'deadline', race: deadlineDuringPayment },
  { name: 'late success', race: lateSuccess },
  { name: 'late success after deadline', race: lateSuccessAfterDeadline },
];
