// Tests of storage: SQLite keeps what storage promises.
import { describeStore } from './conformance.ts';
import { sqliteSubject } from './subject.ts';

describeStore('SQLite', sqliteSubject);
