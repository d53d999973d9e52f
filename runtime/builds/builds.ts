// The contract of the builds room: from an author's text to the one file that runs. What the author wrote is never executed
// here; packages are fetched without running any script of theirs.

/** `latest`, an exact version, a range or a tag of the registry. */
export type Dependency = { name: string; version: string };

/** A text shared between Actions, required as `actions:<name>`. */
export type SharedModule = { name: string; source: string; dependencies: Dependency[] };

export type BuildRequest = {
  /** The name its traces show, e.g. `phone-or-push.js`; one that ends in `.ts` is TypeScript. */
  fileName: string;
  source: string;
  dependencies: Dependency[];
  modules: SharedModule[];
};

/** `id` is of a closed list, e.g. `syntax_error`; `message` begins with `file:line:column:` where there is a place. */
export type BuildFault = { id: BuildFaultId; message: string };

export type BuildFaultId =
  | 'syntax_error'
  /** A `require` that nothing answers: not declared, not a module of Node's that scripts have. */
  | 'module_not_found'
  /** The registry has no such package or version. */
  | 'dependency_not_found'
  /** A package needs compiled code. */
  | 'native_addon'
  /** A dependency that is not a package of the registry: a Git address, a file, a URL. */
  | 'dependency_refused'
  /** The registry did not answer, or answered nonsense. */
  | 'registry_unavailable'
  | 'bundle_too_large'
  | 'timeout';

/** Where a build is, for people who wait. */
export type BuildStage = 'resolving' | 'fetching' | 'bundling';

export type BuildResult =
  | {
      ok: true;
      /** CommonJS, one file: everything it requires is inside. */
      script: string;
      /** Source map (version 3, JSON) from `script` to the author's texts. */
      map: string;
      /** The author's file as traces show it: `.ts` when the text is TypeScript. */
      fileName: string;
      /** The declared dependencies at the exact versions that were taken. */
      dependencies: Dependency[];
    }
  | { ok: false; faults: BuildFault[] };

export interface Builds {
  /** Ends within 120 s. Never rejects for what a text or a registry does. */
  build(request: BuildRequest, onStage?: (stage: BuildStage) => void): Promise<BuildResult>;
  /** Ends processes and removes temporary files. */
  close(): Promise<void>;
}
