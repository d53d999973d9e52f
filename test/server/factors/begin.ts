// The table of factors: where its cells begin, with somebody new who was asked for a factor.
import { expect } from 'vitest';
import type { FactorDesk, Person, Tab } from './desk.ts';
import { companionOf, type Holding, type Kind } from './kinds.ts';

export const alone = ({ asks }: Kind) => `api.authentication.challengeWith(${asks});`;
export const beside = ({ asks }: Kind, other: Kind) =>
  `api.authentication.challengeWith(${asks}, { additionalFactors: [${other.asks}] });`;

/** Somebody with this factor. */
export async function holder(desk: FactorDesk, kind: Kind): Promise<{ person: Person; own: Holding }> {
  desk.pause();
  const { ways = ['sms'] } = kind;
  await desk.house.editTenant((tenant) => ({ ...tenant, messageTypes: ways }));
  const person = await desk.newPerson();
  return { person, own: await kind.give(desk, person) };
}

export type Asked = { person: Person; own: Holding; tab: Tab };

/** Somebody with this one and another, who was asked for this one. */
export async function withCompanion(desk: FactorDesk, kind: Kind): Promise<Asked & { other: Kind; spare: Holding }> {
  const other = companionOf(kind);
  const { person, own } = await holder(desk, kind);
  const spare = await other.give(desk, person);
  await desk.ask(beside(kind, other));
  const tab = await desk.signIn(person);
  expect(tab.at()).toBe(kind.screen);
  return { person, own, other, spare, tab };
}

/** Somebody with nothing else, who was asked for it. */
export async function asked(desk: FactorDesk, kind: Kind): Promise<Asked> {
  const { person, own } = await holder(desk, kind);
  await desk.ask(alone(kind));
  const tab = await desk.signIn(person);
  expect(tab.at()).toBe(kind.screen);
  return { person, own, tab };
}
