import { configSubject } from './config-subject.ts';
import { headerSubjects } from './header-subjects.ts';
import { pathSubjects } from './path-subjects.ts';
import { proxyHeaderSubject } from './proxy-header-subject.ts';
import { rulesSubject } from './rules-subject.ts';
import type { Subject } from './subject.ts';

/** Everything that is fuzzed within one process. */
export const subjects: readonly Subject[] = [
  ...pathSubjects,
  ...headerSubjects,
  proxyHeaderSubject,
  rulesSubject,
  configSubject,
];
