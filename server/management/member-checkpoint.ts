// Management: where the next page of an organization's members begins. As on the wire, a checkpoint names the moment at which
// the last one shown joined, so one that was given elsewhere is read too: by its moment.

/** Behind a place in the order of joining, or after a moment in milliseconds. */
export type MemberPlace = { place?: number; since?: number };

const FORM = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d{1,6})?)UTC,(.{1,200})$/;

export function memberCheckpoint({ place, joinedAt }: { place: number; joinedAt: number }): string {
  const moment = new Date(joinedAt).toISOString().replace('T', ' ').replace('Z', '000UTC');
  return Buffer.from(`${moment},${place}`).toString('base64');
}

/** Undefined: it is none. */
export function readMemberCheckpoint(from: string): MemberPlace | undefined {
  const [, date, time, last = ''] = FORM.exec(Buffer.from(from, 'base64').toString('latin1')) ?? [];
  const since = Date.parse(`${date}T${time}Z`);
  if (Number.isNaN(since)) return undefined;
  return /^\d{1,15}$/.test(last) ? { place: Number(last) } : { since };
}
