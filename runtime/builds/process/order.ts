// Builds: what the house and a build process say to each other, and the limits of a build.

import type { BuildRequest, BuildResult, BuildStage } from '../builds.ts';

/** One build, with the folders it may write. */
export type BuildOrder = {
  request: BuildRequest;
  /** Empty, of this build alone; packages are unpacked into it. */
  folder: string;
  /** What has been downloaded before, shared by all builds; npm checks each entry by its hash. */
  cache: string;
  /** Address of the registry; without one, npm's own configuration says it. */
  registry?: string;
};

/** `broken` is a fault of ours; `unpackedBytes` says how much the cache may have grown. */
export type BuildReport =
  | { kind: 'ready' }
  | { kind: 'stage'; stage: BuildStage }
  | { kind: 'result'; result: BuildResult; unpackedBytes: number }
  | { kind: 'broken'; stack: string };

export const MAX_FAULTS = 10;
/** Declared by one text; what they need themselves comes on top. */
export const MAX_DEPENDENCIES = 10;
/** Of a tree of dependencies: no package that runs in a script comes near, and a tree of any size would fill the disk. */
export const MAX_PACKAGES = 1_000;
export const MAX_UNPACKED_BYTES = 256 * 1024 * 1024;
/** What a cell holds in memory for every tenant that uses the script; the largest SDKs come to about four megabytes. */
export const MAX_SCRIPT_BYTES = 6 * 1024 * 1024;
/** Beyond this a bundle is made as small as it can be, at the price of a slower build. */
export const COMPACT_BYTES = 4 * 1024 * 1024;
