import type { Frame } from '../frame.ts';
import { addressOf, type ShownClient } from './clients.ts';
import { type Asked, type Question, questionPage } from './question.ts';

type Words = Pick<Question, 'title' | 'heading' | 'lines' | 'button' | 'isDangerous'>;

/** What is asked before it is done to a client, by the last part of the address. */
const questions = {
  activate: {
    title: 'clients.activate',
    heading: 'clients.activateHeading',
    lines: ['clients.activateLine'],
    button: 'clients.activate',
    isDangerous: false,
  },
  deactivate: {
    title: 'clients.deactivate',
    heading: 'clients.deactivateHeading',
    lines: ['clients.deactivateLine'],
    button: 'clients.deactivate',
  },
  'end-tokens': {
    title: 'clients.endTokens',
    heading: 'clients.endTokensHeading',
    lines: ['clients.endTokensLine'],
    button: 'clients.endTokens',
  },
  'end-older-secret': {
    title: 'clients.endOlder',
    heading: 'clients.endOlderHeading',
    lines: ['clients.endOlderLine', 'clients.endOlderStays'],
    button: 'clients.endOlder',
  },
  delete: {
    title: 'clients.delete',
    heading: 'clients.deleteHeading',
    lines: ['clients.deleteLine', 'clients.cannotBeUndone'],
    button: 'clients.delete',
  },
} as const satisfies Readonly<Record<string, Words>>;

/** What may be done to a client after a question. */
export type ClientAction = keyof typeof questions;

/** Asks before `action` is done to a client. */
export function clientQuestionPage(frame: Frame, action: ClientAction, client: ShownClient, asked: Asked): string {
  const back = addressOf(frame, client);
  const values = { name: client.name, id: client.clientId };
  const question: Question = { ...questions[action], place: 'clients', values, action: `${back}/${action}`, back };
  return questionPage(frame, question, asked);
}
