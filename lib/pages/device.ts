import { agentName } from './agent-name.ts';
import { type Frame, inFrame } from './frame.ts';
import type { Words } from './words/words.ts';

/** The page that asks for the code of a device. `name`: who is signed in; `problem` is a sentence. */
export const devicePage = (
  frame: Frame,
  shown: Readonly<{ name: string; userCode?: string; problem?: string }>,
): string => inFrame('@device', frame, { userCode: '', ...shown });

/** A device that waits. `client` names the program; `createdAt` is in milliseconds since the epoch. */
type WaitingDevice = Readonly<{
  userCode: string;
  client: string;
  scopes?: readonly string[] | undefined;
  address: string;
  agent?: string | undefined;
  createdAt: number;
}>;

/** The page that asks whether a device may sign in as `name`. `problem` is a sentence about the password. */
export const deviceDecisionPage = (
  frame: Frame,
  { agent, createdAt, ...shown }: WaitingDevice & Readonly<{ name: string; asksPassword: boolean; problem?: string }>,
): string => inFrame('@device-decision', frame, { ...shown, device: agentName(agent, frame.words), asked: createdAt });

/** What became of a device, after the decision. */
export const deviceDonePage = (frame: Frame, decision: 'approved' | 'denied'): string =>
  inFrame('@message', frame, {
    ...done(frame.words)[decision],
    link: { href: `${frame.prefix}/account`, text: frame.words.text('device.account') },
  });

const done = (words: Words) => ({
  approved: {
    heading: words.text('device.approved'),
    lines: [words.text('device.approvedSoon'), words.text('device.approvedListed')],
  },
  denied: { heading: words.text('device.denied'), lines: [words.text('device.deniedLine')] },
});
