import { Schema } from 'mongoose';
import type { FactStore } from '../records/facts.ts';
import { type Database, documentOptions, isDuplicate } from './database.ts';
import { text } from './fields.ts';

const schema = new Schema<{ _id: string; value: string }>(
  { _id: { type: String, required: true }, value: { type: String } },
  documentOptions,
);

export function factStore(db: Database): FactStore {
  const facts = db.collection('facts', schema);

  async function get(name: string): Promise<string | undefined> {
    const fact = await facts.findOne({ _id: name }).lean();
    return fact === null ? undefined : text(fact.value);
  }

  async function putIfAbsent(name: string, value: string): Promise<string> {
    const there = await get(name);
    if (there !== undefined) return there;
    try {
      await facts.create([{ _id: name, value }]);
      return value;
    } catch (error) {
      if (isDuplicate(error)) return text(await get(name));
      throw error;
    }
  }

  async function put(name: string, value: string): Promise<void> {
    const write = () => facts.updateOne({ _id: name }, { $set: { value } }, { upsert: true });
    // Of two concurrent upserts one may fail as a duplicate; then the document exists.
    await write().catch((error) => (isDuplicate(error) ? write() : Promise.reject(error)));
  }

  return {
    get: (name) => db.answer(() => get(name)),
    putIfAbsent: (name, value) => db.answer(() => putIfAbsent(name, value)),
    put: (name, value) => db.answer(() => put(name, value)),
  };
}
