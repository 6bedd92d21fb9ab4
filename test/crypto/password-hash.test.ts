import { deepEqual, equal, match, notEqual, rejects, throws } from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import test, { type TestContext } from 'node:test';
import { hash as argon2 } from '@node-rs/argon2';
import bcrypt from 'bcrypt';
import { halfOfThreadPool, passwordHasher } from '../../lib/crypto/password-hash.ts';
import { StoreUnavailableError } from '../../lib/errors.ts';

const quick = passwordHasher({ cost: 4 });
const none = { match: false, stale: false };
const password = 'correct horse battery staple';
const imported = (form: string) => bcrypt.hashSync(password, 4).replace('$2b$', form);

test('a password is kept as bcrypt of cost 12 over a public HMAC-SHA-384, and verified again', async () => {
  const hasher = passwordHasher();
  const hash = await hasher.hash(password);
  match(hash, /^\$gw1\$\$2b\$12\$[./A-Za-z0-9]{53}$/);
  const inner = createHmac('sha384', 'gatewarden.password.v1').update(password).digest('base64');
  equal(await bcrypt.compare(inner, hash.slice('$gw1$'.length)), true);
  deepEqual(await hasher.verify(password, hash), { match: true, stale: false });
});

test('two hashes of one password differ', async () => {
  notEqual(await quick.hash(password), await quick.hash(password));
});

const alike: [title: string, kept: string, typed: string, match: boolean][] = [
  ['the same text', password, password, true],
  ['another case', password, password.toUpperCase(), false],
  ['a space at the end', password, `${password} `, false],
  ['composed and decomposed letters', 'Zürich-Ǆ', 'Zu\u0308rich-DŽ', true],
  ['full-width letters', 'password1234', 'ｐａｓｓｗｏｒｄ1234', true],
  ['73 bytes that differ at the end', `${'a'.repeat(72)}b`, `${'a'.repeat(72)}c`, false],
  ['1,024 bytes that differ at the end', `${'a'.repeat(1023)}b`, `${'a'.repeat(1023)}c`, false],
  ['1,024 bytes', 'é'.repeat(512), 'é'.repeat(512), true],
];
for (const [title, kept, typed, expected] of alike) {
  test(`${expected ? 'matches' : 'does not match'}: ${title}`, async () => {
    equal((await quick.verify(typed, await quick.hash(kept))).match, expected);
  });
}

const impossible: [title: string, text: string][] = [
  ['nothing', ''],
  ['1,025 bytes', 'a'.repeat(1025)],
  ['a megabyte', 'a'.repeat(1_000_000)],
  ['1,024 letters that NFKC makes longer', '\ufdfa'.repeat(1024)],
  ['a NUL', 'correct\0horse'],
  ['a lone surrogate', 'correct \ud83d horse'],
];
for (const [title, text] of impossible) {
  test(`${title} is a wrong password that costs as much as the rest, and is never hashed`, async () => {
    const before = quick.performed;
    deepEqual(await quick.verify(text, await bcrypt.hash(text.slice(0, 72), 4)), none);
    equal(quick.performed, before + 1);
    await rejects(quick.hash(text), TypeError);
  });
}

for (const form of ['$2a$', '$2b$', '$2y$']) {
  test(`an import of the form ${form} matches, and is stale`, async () => {
    deepEqual(await quick.verify(password, imported(form)), { match: true, stale: true });
    deepEqual(await quick.verify(`${password}!`, imported(form)), none);
  });
}

test('an argon2id import matches, and is stale', async () => {
  const hash = await argon2(password, { memoryCost: 1024, timeCost: 1, parallelism: 2 });
  deepEqual(await quick.verify(password, hash), { match: true, stale: true });
  deepEqual(await quick.verify(`${password}!`, hash), none);
});

test('an import is not matched by what bcrypt would have cut off', async () => {
  const long = 'a'.repeat(73);
  deepEqual(await quick.verify(long, await bcrypt.hash(long, 4)), none);
});

test('an import of the empty password opens for nobody', async () => {
  const empty = await bcrypt.hash('', 4);
  for (const typed of ['', '\0', 'a'.repeat(80), 'a'.repeat(2000)]) deepEqual(await quick.verify(typed, empty), none);
});

test('a hash of a lower cost than today is stale, one of a higher cost is not', async () => {
  const hash = await passwordHasher({ cost: 5 }).hash(password);
  deepEqual(await passwordHasher({ cost: 6 }).verify(password, hash), { match: true, stale: true });
  deepEqual(await quick.verify(password, hash), { match: true, stale: false });
});

const tail = bcrypt.hashSync(password, 4).slice(7);
const untaken: [title: string, hash: string | undefined][] = [
  ['no hash: an unknown user', undefined],
  ['an empty hash', ''],
  ['the password itself', password],
  ['bcrypt of cost 15', `$2b$15$${tail}`],
  ['our form with cost 31', `$gw1$$2b$31$${tail}`],
  ['bcrypt of cost 3', `$2b$03$${tail}`],
  ['another bcrypt', `$2x$04$${tail}`],
  ['a truncated hash', imported('$2b$').slice(0, -1)],
  ['argon2id of 512 MiB', '$argon2id$v=19$m=524288,t=1,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA'],
  ['argon2id of 11 passes', '$argon2id$v=19$m=1024,t=11,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA'],
  ['argon2i', '$argon2i$v=19$m=1024,t=1,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA'],
  ['argon2id with less memory than its lanes need', '$argon2id$v=19$m=8,t=1,p=4$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA'],
  ['SHA-256', '$5$saltsalt$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc8'],
];
for (const [title, hash] of untaken) {
  test(`matches nothing and costs one comparison: ${title}`, async () => {
    const before = quick.performed;
    deepEqual(await quick.verify(password, hash), none);
    equal(quick.performed, before + 1);
  });
}

/** The rounds that bcrypt itself is asked for, whatever we count. */
async function roundsOf(t: TestContext, work: () => Promise<unknown>): Promise<number> {
  const { mock: compared } = t.mock.method(bcrypt, 'compare');
  await work();
  return compared.calls.reduce((sum, call) => sum + 2 ** Number(String(call.arguments[1]).split('$').at(-2)), 0);
}

const mismatched: [title: string, hash: () => Promise<string | undefined>][] = [
  ['of nobody', async () => undefined],
  ['of our own form', () => passwordHasher({ cost: 9 }).hash(password)],
  ['of our own form at a lower cost', () => quick.hash(password)],
  ['$2a$, cost 4', async () => imported('$2a$')],
  ['$2b$, cost 7', () => bcrypt.hash(password, 7)],
  ['$2y$, cost 8', async () => (await bcrypt.hash(password, 8)).replace('$2b$', '$2y$')],
  ['$2b$, cost 9', () => bcrypt.hash(password, 9)],
];
for (const [title, hash] of mismatched) {
  test(`a wrong password costs 512 rounds of bcrypt beside a hash ${title}`, async (t) => {
    const hasher = passwordHasher({ cost: 9 });
    const found = await hash();
    const rounds = await roundsOf(t, () => hasher.verify('wrong', found));
    // Less than bcrypt's least cost cannot be made up.
    equal(rounds, 512);
    equal(hasher.performed, 1);
  });
}

test('a wrong password beside an argon2id import makes up in bcrypt what argon2 did not cost', async (t) => {
  const hasher = passwordHasher({ cost: 9 });
  const cheap = await argon2(password, { memoryCost: 8192, timeCost: 3, parallelism: 1 });
  equal(await roundsOf(t, () => hasher.verify('wrong', cheap)), 512 - 256);
  const dear = await argon2(password, { memoryCost: 65_536, timeCost: 1, parallelism: 1 });
  equal(await roundsOf(t, () => hasher.verify('wrong', dear)), 0);
});

test('a wrong password beside a dearer import costs what that costs, and no more', async (t) => {
  const dear = await bcrypt.hash(password, 6);
  equal(await roundsOf(t, () => quick.verify('wrong', dear)), 64);
});

test('a right password costs nothing besides', async (t) => {
  const cheap = imported('$2b$');
  const hasher = passwordHasher({ cost: 9 });
  equal(await roundsOf(t, () => hasher.verify(password, cheap)), 16);
});

test('two run at a time, a hundred wait, and the next is told that it cannot be served', async () => {
  const hasher = passwordHasher({ cost: 4, concurrency: 2 });
  const asked = Array.from({ length: 103 }, () => hasher.verify(password, undefined));
  equal(hasher.performed, 2);
  const results = await Promise.allSettled(asked);
  const [only, ...more] = results.filter((one) => one.status === 'rejected');
  equal(more.length, 0);
  equal(only?.reason instanceof StoreUnavailableError && only.reason.store, 'hashing');
  equal(hasher.performed, 102);
  deepEqual(await hasher.verify(password, undefined), none);
});

for (const hashes of [false, true])
  test(`strangers leave a fifth of the queue to others, and take turns with them, ${hashes ? 'with new passwords' : 'signing in'}`, async () => {
    const hasher = passwordHasher({ cost: 4, concurrency: 1, queue: 10 });
    const order: string[] = [];
    const ask = (name: string, stranger: boolean) =>
      (hashes ? hasher.hash(password, { stranger }) : hasher.verify(password, undefined, { stranger })).then(
        () => order.push(name),
        () => order.push(`no ${name}`),
      );
    const strangers = Array.from({ length: 12 }, (_, at) => ask(`s${at}`, true));
    const known = Array.from({ length: 3 }, (_, at) => ask(`k${at}`, false));
    await Promise.all([...strangers, ...known]);
    deepEqual(order.slice(0, 4), ['no s9', 'no s10', 'no s11', 'no k2']);
    deepEqual(order.slice(4), ['s0', 'k0', 's1', 'k1', 's2', 's3', 's4', 's5', 's6', 's7', 's8']);
  });

test('a refused hash gives its place back', async () => {
  const hasher = passwordHasher({ cost: 4, concurrency: 1, queue: 0 });
  await rejects(hasher.hash(''), TypeError);
  match(await hasher.hash(password), /^\$gw1\$/);
});

const pools: [size: string | undefined, half: number][] = [
  [undefined, 2],
  ['16', 8],
  ['5', 2],
  ['1', 1],
  ['many', 2],
  ['5000', 512],
];
for (const [size, half] of pools) {
  test(`a thread pool of ${size ?? 'no stated size'} leaves ${half} for hashing`, () =>
    equal(halfOfThreadPool(size), half));
}

for (const cost of [3, 15, 4.5, Number.NaN]) {
  test(`a cost of ${cost} is refused`, () => throws(() => passwordHasher({ cost }), TypeError));
}
