import { agentName } from './agent-name.ts';
import { type Frame, inFrame } from './frame.ts';

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
): string => inFrame('@device-decision', frame, { ...shown, device: agentName(agent), asked: createdAt });

/** What became of a device, after the decision. */
export const deviceDonePage = (frame: Frame, decision: 'approved' | 'denied'): string =>
  inFrame('@message', frame, {
    ...done[decision],
    link: { href: `${frame.prefix}/account`, text: 'Your account' },
  });

const done = {
  approved: {
    heading: 'The device is approved.',
    lines: [
      'It is signed in as soon as it asks again, within a few seconds. You may close this window.',
      'Your account page lists it among the places where you are signed in.',
    ],
  },
  denied: {
    heading: 'The device is refused.',
    lines: ['It is not signed in. You may close this window.'],
  },
} as const;
