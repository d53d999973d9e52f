// Server, development: whom the start page shows and what it says runs. The demo tenant's are fixed; those of somebody's own
// project come with it and change with its files.
import type { DemoPerson } from '../demo/people.ts';

export type Showcase = {
  people(): readonly DemoPerson[];
  /** Names of the Actions that run after the password, in order. */
  scripts(): readonly string[];
};
