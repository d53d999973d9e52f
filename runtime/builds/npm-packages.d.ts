// Builds: what is used of npm's own packages, which carry no types.

declare module '@npmcli/arborist' {
  export type ArboristNode = {
    name: string;
    version: string;
    isLink: boolean;
    isRoot: boolean;
    optional: boolean;
    /** As the registry describes the version; `dist` is there when it came from one. */
    package: { dist?: { unpackedSize?: number } };
    children: Map<string, ArboristNode>;
    inventory: Map<string, ArboristNode>;
  };
  export default class Arborist {
    constructor(options: Readonly<Record<string, unknown>>);
    buildIdealTree(options?: Readonly<Record<string, unknown>>): Promise<ArboristNode>;
    reify(options?: Readonly<Record<string, unknown>>): Promise<ArboristNode>;
  }
}

declare module '@npmcli/config' {
  export default class Config {
    constructor(options: Readonly<Record<string, unknown>>);
    load(): Promise<void>;
    /** The settings as npm's other packages take them. */
    readonly flat: Readonly<Record<string, unknown>>;
  }
}

declare module '@npmcli/config/lib/definitions/index.js' {
  const parts: { definitions: unknown; shorthands: unknown; flatten: unknown };
  export default parts;
}
