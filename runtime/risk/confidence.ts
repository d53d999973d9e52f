// Risk: how sure an assessment is that the person is who they seem to be. Pure.

/** `neutral`: the assessment has nothing to say. */
export type Confidence = 'low' | 'medium' | 'high' | 'neutral';

/** The least confidence first; `neutral` has no place in it. */
const ORDER: readonly Confidence[] = ['low', 'medium', 'high'];

/** The lowest of those that say something; `neutral` when none does. */
export function lowest(confidences: readonly Confidence[]): Confidence {
  return ORDER.find((confidence) => confidences.includes(confidence)) ?? 'neutral';
}
