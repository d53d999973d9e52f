// Server, command line, development: builds of a project's texts in this process. They are the builds that tenants get, but
// packages come from the project's own `node_modules`, and no process has to be started for a save.
import type { BuildRequest, Builds } from '#runtime/builds/builds.ts';
import { scriptFileName } from '#runtime/script-file-name.ts';
import { buildText } from '../../project/build-action.ts';
import type { Project } from '../../project/project.ts';

/** `project`: as it is now. */
export function projectBuilds(project: () => Project): Builds {
  return {
    async build({ fileName, source, dependencies, modules }) {
      const { folder } = project();
      const known = project().modules.filter(({ name }) => modules.some((module) => module.name === name));
      return buildText({ folder, fileName: writtenAs(project(), fileName), source, dependencies, modules: known });
    },
    close: async () => {},
  };
}

/** A tenant knows an Action by its name alone; the project also knows that its file is TypeScript. */
function writtenAs({ actions, modules }: Project, fileName: BuildRequest['fileName']): string {
  const action = actions.find(({ name }) => scriptFileName(name) === fileName);
  const text = action ?? modules.find(({ name }) => `actions/${name}.js` === fileName);
  return text?.path.endsWith('.ts') ? fileName.replace(/\.js$/, '.ts') : fileName;
}
