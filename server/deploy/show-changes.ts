// Server, deploy: changes in words, with the text of scripts as a unified diff, and as data for programs. Values of secrets
// are not in them.
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import type { Json } from '#storage/records.ts';
import { type Paints, paints } from '../cli/paints.ts';
import { printable } from '../cli/printable.ts';
import type { ActionChange, Change, Difference, ModuleChange } from './changes.ts';

const COMPARE_MS = 500;

/** Lines for people. */
export function showChanges(changes: readonly Change[], colours: boolean): string[] {
  const ink = paints(colours);
  return changes.flatMap((change) => [...showChange(change, ink), '']);
}

function showChange(change: Change, ink: Paints): string[] {
  const title = (words: string) => ink.bold(words);
  const name = printable(change.name);
  switch (change.what) {
    case 'action':
      return showAction(change, ink);
    case 'module':
      return showModule(change, ink);
    case 'removal':
      return [title(`${ink.red('-')} ${change.of === 'action' ? 'Action' : 'Module'} ${name}: deleted`)];
    case 'bindings': {
      const before = change.from.map((binding) => printable(binding.name));
      return [
        title(`~ Bindings of ${name}`),
        `  from ${before.join(', ') || 'none'}`,
        `  to   ${change.to.join(', ') || 'none'}`,
        ...before
          .filter((one) => !change.to.includes(one))
          .map((one) => ink.red(`  - ${one} no longer runs; the Action itself stays`)),
      ];
    }
    case 'factor':
      return [title(`~ Factor ${name}: ${onOff(change.from)} → ${onOff(change.to)}`)];
    case 'setting':
      return [title(`~ Setting ${name}: ${jsonText(change.from)} → ${jsonText(change.to)}`)];
  }
}

function showAction(change: ActionChange, ink: Paints): string[] {
  const { wanted, secrets, replacesDraft, runtime } = change;
  const sign = change.change === 'create' ? ink.green('+') : '~';
  const state = {
    create: 'new',
    update: 'changed',
    deploy: 'the draft there is the same, and is deployed',
  }[change.change];
  return [
    ink.bold(`${sign} Action ${printable(change.name)} (${wanted.trigger}): ${state}`),
    ...(replacesDraft ? [ink.red('  The draft there has changes that were never deployed; they are replaced.')] : []),
    ...showCode(change, ink),
    ...(runtime ? [differenceText('runtime', runtime)] : []),
    ...change.dependencies.map((one) => differenceText('dependency', one)),
    ...change.modules.map((one) => differenceText('module', one)),
    ...(secrets?.added ?? []).map((one) => ink.green(`  + secret ${printable(one)}`)),
    ...(secrets?.removed ?? []).map((one) => ink.red(`  - secret ${printable(one)}`)),
    ...(secrets?.again ?? []).map((one) => `  ~ secret ${printable(one)}: its value is sent again`),
  ];
}

function showModule(change: ModuleChange, ink: Paints): string[] {
  const sign = change.change === 'create' ? ink.green('+') : '~';
  const state = {
    create: 'new',
    update: 'changed',
    publish: 'the draft there is the same, and is published',
  }[change.change];
  return [
    ink.bold(`${sign} Module ${printable(change.name)}: ${state}`),
    ...showCode(change, ink),
    ...change.dependencies.map((one) => differenceText('dependency', one)),
  ];
}

function showCode(change: ActionChange | ModuleChange, ink: Paints): string[] {
  return codeDiff(change)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const text = printable(line.replaceAll('\t', '  '));
      if (/^(---|\+\+\+) /.test(line)) return ink.dim(`  ${text}`);
      if (line.startsWith('+')) return ink.green(`  ${text}`);
      if (line.startsWith('-')) return ink.red(`  ${text}`);
      return line.startsWith('@@') ? ink.cyan(`  ${text}`) : `  ${text}`;
    });
}

/** A unified diff from what is there to the project's; empty where they are the same. */
function codeDiff({ codeBefore = '', wanted, change }: ActionChange | ModuleChange): string {
  if (codeBefore === wanted.code) return '';
  const from = change === 'create' ? 'nothing' : 'tenant';
  const options = { context: 3, timeout: COMPARE_MS, headerOptions: FILE_HEADERS_ONLY };
  const patch = createTwoFilesPatch(from, wanted.file, codeBefore, wanted.code, undefined, undefined, options);
  return patch ?? `--- ${from}\n+++ ${wanted.file}\n  (too different to be shown line by line)\n`;
}

const differenceText = (what: string, { name, from, to }: Difference): string =>
  what === name
    ? `  ~ ${what}: ${from} → ${to}`
    : from === null
      ? `  + ${what} ${printable(name)} ${to}`
      : to === null
        ? `  - ${what} ${printable(name)} ${printable(from)}`
        : `  ~ ${what} ${printable(name)}: ${printable(from)} → ${to}`;

const onOff = (enabled: boolean | undefined): string =>
  enabled === undefined ? 'not offered' : enabled ? 'on' : 'off';

const jsonText = (value: Json | undefined): string =>
  value === undefined ? 'not set' : printable(JSON.stringify(value));

/** `3 changes` */
export function countChanges(changes: readonly Change[]): string {
  return `${changes.length} change${changes.length === 1 ? '' : 's'}`;
}

/** For programs: one object a change. */
export function changeData(change: Change): Record<string, unknown> {
  const { what, name } = change;
  switch (change.what) {
    case 'action':
    case 'module':
      return {
        what,
        name,
        change: change.change,
        file: change.wanted.file,
        diff: codeDiff(change),
        dependencies: change.dependencies,
        ...(change.what === 'action'
          ? {
              trigger: change.wanted.trigger,
              modules: change.modules,
              secrets: change.secrets ?? { added: [], removed: [], again: [] },
              ...(change.runtime ? { runtime: { from: change.runtime.from, to: change.runtime.to } } : {}),
              replaces_draft: change.replacesDraft,
            }
          : {}),
      };
    case 'removal':
      return { what: change.of, name, change: 'delete' };
    case 'bindings':
      return { what, trigger: name, change: 'update', from: change.from.map((one) => one.name), to: change.to };
    case 'factor':
    case 'setting':
      return { what, name, change: 'update', from: change.from ?? null, to: change.to };
  }
}
