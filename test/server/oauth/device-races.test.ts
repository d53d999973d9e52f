// The device flow where several things happen at the same moment: each is decided once, on both databases.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { databases } from '#test/kit/databases.ts';
import type { PlainBrowser } from '#test/kit/plain-browser.ts';
import { type DeviceDesk, openDeviceDesk } from './device-desk.ts';

describe.each(databases())('%s', (_name, open) => {
  let desk: DeviceDesk;
  let ana: PlainBrowser;
  let ben: PlainBrowser;
  beforeAll(async () => {
    desk = await openDeviceDesk(await open());
    ana = await desk.signedIn('ana');
    ben = await desk.signedIn('ben');
  });
  beforeEach(() => desk.house.clock.advance(60_000));
  afterAll(() => desk.close());

  const statuses = (answers: { status: number }[]) => answers.map(({ status }) => status).sort();
  test('of polls one gets the tokens', async () => {
    const codes = await desk.grant(ana);
    const answers = await Promise.all([1, 2, 3, 4].map(() => desk.poll(codes)));
    expect(statuses(answers)).toEqual([200, 403, 403, 403]);
    expect(answers.filter(({ body }) => 'access_token' in body)).toHaveLength(1);
  });

  test('of polls while nobody has answered one is in time', async () => {
    const codes = await desk.begin();
    const answers = await Promise.all([1, 2, 3, 4].map(() => desk.poll(codes)));
    expect(statuses(answers)).toEqual([403, 429, 429, 429]);
  });

  test('a double click is one answer', async () => {
    const codes = await desk.begin();
    const question = await desk.questionFor(codes, ana);
    const answers = await Promise.all([1, 2].map(() => desk.decide(question, ana, 'accept')));
    const places = answers.map(({ headers }) => headers.get('location'));
    expect(places.filter((place) => place === '/u/device-code-activation-allowed')).toHaveLength(1);
    expect((await desk.poll(codes)).status).toBe(200);
  });

  test('of two people one has it', async () => {
    const codes = await desk.begin();
    const [one, other] = [await desk.questionFor(codes, ana), await desk.questionFor(codes, ben)];
    const answers = await Promise.all([desk.decide(one, ana, 'accept'), desk.decide(other, ben, 'accept')]);
    expect(statuses(answers)).toEqual([302, 400]);
    expect((await desk.poll(codes)).status).toBe(200);
  });

  test('of a yes and a no in two windows one counts', async () => {
    const codes = await desk.begin();
    const [one, other] = [await desk.questionFor(codes, ana), await desk.questionFor(codes, ana)];
    const [yes, no] = await Promise.all([desk.decide(one, ana, 'accept'), desk.decide(other, ana, 'decline')]);
    expect(statuses([yes, no])).toEqual([302, 400]);
    expect((await desk.poll(codes)).status).toBe(yes.status === 302 ? 200 : 403);
  });

  test('polls do not keep the person from answering', async () => {
    const codes = await desk.begin();
    const question = await desk.questionFor(codes, ana);
    const [answer] = await Promise.all([
      desk.decide(question, ana, 'accept'),
      ...[1, 2, 3].map(() => desk.poll(codes)),
    ]);
    expect(answer.status).toBe(302);
  });
});
