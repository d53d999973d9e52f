// Delivery: Amazon SES by its SMTP door, with the credentials that the wire has for its API.
import { createHmac } from 'node:crypto';
import type { JsonObject } from '#storage/records.ts';
import { textIn } from './mail-settings.ts';
import type { SmtpServer } from './smtp.ts';

/** @param credentials `accessKeyId`, `secretAccessKey` and `region`, of an IAM user who may `ses:SendRawEmail`. */
export function amazonServer(credentials: JsonObject): SmtpServer {
  const region = textIn(credentials, 'region');
  return {
    host: `email-smtp.${region}.amazonaws.com`,
    port: 465,
    user: textIn(credentials, 'accessKeyId'),
    password: amazonPassword(textIn(credentials, 'secretAccessKey'), region),
    tls: 'implicit',
  };
}

/**
 * The password that belongs to a secret access key. Amazon's developer guide, "Obtaining Amazon SES SMTP credentials by
 * converting existing AWS credentials": a signature whose date and message are constants, behind the number of its version.
 */
export function amazonPassword(secretAccessKey: string, region: string): string {
  const steps = ['11111111', region, 'ses', 'aws4_request', 'SendRawEmail'];
  const start: Buffer = Buffer.from(`AWS4${secretAccessKey}`);
  const signature = steps.reduce((key, step) => createHmac('sha256', key).update(step).digest(), start);
  return Buffer.concat([Buffer.of(4), signature]).toString('base64');
}
