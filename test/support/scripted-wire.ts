import { mongo } from 'mongoose';
import type { Fields } from './scripted-documents.ts';

/** A command as a driver sent it. */
export interface Request {
  readonly id: number;
  readonly command: Fields;
  /** The first greeting of a driver is in the older form, and answered in it. */
  readonly isOldForm: boolean;
}

const headerBytes = 16;
const oldQuery = 2004;
const oldReply = 1;
const message = 2013;

/** The documents that follow each other in these bytes. */
function documentsIn(bytes: Buffer): Fields[] {
  if (bytes.length === 0) return [];
  const length = bytes.readInt32LE(0);
  return [mongo.BSON.deserialize(bytes.subarray(0, length)), ...documentsIn(bytes.subarray(length))];
}

/** The command in the sections of a message: a document, and lists of documents that belong to it, each with its name. */
function commandOf(sections: Buffer): Fields {
  if (sections.length === 0) return {};
  const [kind, length] = [sections[0], sections.readInt32LE(1)];
  const section = sections.subarray(1, 1 + length);
  const more = commandOf(sections.subarray(1 + length));
  if (kind === 0) return { ...mongo.BSON.deserialize(section), ...more };
  const end = section.indexOf(0, 4);
  return { [section.toString('utf8', 4, end)]: documentsIn(section.subarray(end + 1)), ...more };
}

function commandIn(body: Buffer, isOldForm: boolean): Fields {
  if (!isOldForm) return commandOf(body.subarray(4));
  const afterName = body.indexOf(0, 4) + 1;
  return mongo.BSON.deserialize(body.subarray(afterName + 8));
}

/** Collects what comes in and calls `onRequest` with each whole request. */
export function requestReader(onRequest: (request: Request) => void): (bytes: Buffer) => void {
  let waiting: Buffer = Buffer.alloc(0);
  return (bytes) => {
    waiting = Buffer.concat([waiting, bytes]);
    while (waiting.length >= headerBytes && waiting.length >= waiting.readInt32LE(0)) {
      const whole = waiting.subarray(0, waiting.readInt32LE(0));
      waiting = waiting.subarray(whole.length);
      const isOldForm = whole.readInt32LE(12) === oldQuery;
      onRequest({ id: whole.readInt32LE(4), isOldForm, command: commandIn(whole.subarray(headerBytes), isOldForm) });
    }
  };
}

/** The bytes of a reply. */
export function replyTo({ id, isOldForm }: Request, reply: Fields): Buffer {
  const before = Buffer.alloc(isOldForm ? 20 : 5);
  if (isOldForm) before.writeInt32LE(1, 16);
  const body = Buffer.concat([before, mongo.BSON.serialize(reply)]);
  const header = Buffer.alloc(headerBytes);
  header.writeInt32LE(headerBytes + body.length, 0);
  header.writeInt32LE(id, 8);
  header.writeInt32LE(isOldForm ? oldReply : message, 12);
  return Buffer.concat([header, body]);
}
