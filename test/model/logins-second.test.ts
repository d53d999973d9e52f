// Random chains of Actions and random people against the reference model of pauses, the second half: two files, because two
// workers share the time.
import { test } from 'vitest';
import { expectHalf } from './half.ts';
import { LONGEST_MS } from './property.ts';

test('chains of Actions pause, go on and end as the model says', () => expectHalf(20262), 1.2 * LONGEST_MS);
