// Tests of storage: PostgreSQL keeps what storage promises.
import { describeStore } from './conformance.ts';
import { postgresSubject } from './subject.ts';

describeStore('PostgreSQL', postgresSubject);
