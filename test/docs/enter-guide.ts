// Tests, documents: the examples of the guide run where an author runs theirs: in the folder of their project.
import { join } from 'node:path';

process.chdir(join(import.meta.dirname, 'guide'));
