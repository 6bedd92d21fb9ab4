import { rankedPasswords } from './ranked-passwords.ts';
import { unit } from './repetition.ts';

/** Words that most guessed passwords are built on; digits and punctuation around them do not help. */
const stems = `aaaaaa abcabc abcdef abcdefg abcdefgh access admin administrator airplane alexander amanda america andrea andrew
  angel anthony apple arsenal asdasd asdf asdfgh asdfghjk asdfghjkl ashley autumn azerty babygirl bailey banana barcelona
  baseball basketball batman beautiful bismillah blahblah blink brandon buster butterfly calvin camaro changeit changeme
  changethis charles charlie chelsea chicken chocolate christian christmas computer config cookie corvette dallas daniel
  database default demo dolphin dragon eagles elephant elizabeth everton ferrari flower football forever freedom friend
  friends fuckyou gandalf garfield gateway gatewarden george ginger google guest hannah harley heather hello helloworld
  hockey hunter hunting iceman iloveu iloveyou internet isabella jackson jasmine jennifer jessica johnny jordan joshua
  justin killer kristina lakers langflow letmein letmeinnow liverpool login london lovely loveme lovers maggie manchester marina
  martin master matrix matthew mercedes merlin metallica michael michelle mickey monday monkey morgan mother mustang
  mypass mypassword nathan natasha naruto nicole nintendo nothing ohmygod orange pakistan pass passphrase passwd passw
  password passwort patrick peanut pepper phoenix please pokemon portal princess private purple qazwsx qazwsxedc
  qwaszx qwer qwert qwerty qwertyui qwertyuiop qwertz rainbow ranger raspberry realmadrid rebecca richard robert root
  samantha samsung sandra scooter secret secure security server service shadow shannon silver slayer slipknot snoopy
  soccer softball sophie spiderman spring starwars steelers stephanie student summer sunday sunflower sunshine superman
  superuser support sweetheart sysadmin system tajmahal taylor temp temporary test testing testtest thomas thunder
  tigger toor trustno trustnoone tweety ubuntu unknown user username vanessa victoria wachtwoord warcraft welcome
  whatever william windows winner winter wizard wordpass xxxxxx yamaha yankees yellow zaqxsw zxcvbn zxcvbnm`;

/** Whole passwords of eight and more characters from the published lists of the most used, in lower case. */
const whole = `00000000 01234567 0123456789 0987654321 10203040 11111111 1111111111 11112222 11223344 1122334455 12121212 12123434
  12341234 12344321 12345678 123456789 1234567890 12345678910 123456789a 123456789q 1234567891 12345qwert 1234abcd
  1234qwer 123123123 123321123 123qweasd 123qweasdzxc 147258369 159357456 159753456 1a2b3c4d 1q2w3e4r 1q2w3e4r5t
  1q2w3e4r5t6y 1qaz2wsx 1qaz2wsx3edc 1qazxsw2 20202020 22222222 33333333 44444444 55555555 66666666 77777777 87654321
  88888888 98765432 987654321 9876543210 99999999 a1b2c3d4 a1s2d3f4 aa123456 aa12345678 abc12345 abc123456 abcd1234
  abcd12345 admin123 adminadmin adminpassword administrator1 asd123asd asdf1234 asdfasdf asdfghjkl1 azertyuiop changeme123 changemenow changemeplease correcthorse
  correcthorsebatterystaple correct-horse-battery-staple correct horse battery staple ghbdtnrjkm g_czechout iloveyou1
  jordan23 letmein123 lol123456 master123 mynoob123 onetwothree p@ssw0rd p@$$w0rd pa$$word pa55w0rd pa55word
  pass1234 password1 password12 password123 password1234 poiuytrewq q1w2e3r4 q1w2e3r4t5 q1w2e3r4t5y6 qazwsx123
  qqww1122 qwe123qwe qwer1234 qweasdzxc qwerasdf qwerty12 qwerty123 qwerty1234 qwertyu1 rootroot secret123 superuser1
  test1234 testpass123 trustno1 welcome1 welcome123 zaq12wsx zaq1zaq1 zaq1xsw2 zxcvbnm1 zxcvbnm123 !qaz2wsx 1qaz@wsx`;

const words = (text: string) => text.split(/\s+/).filter(Boolean);
const stemSet: ReadonlySet<string> = new Set(words(stems));
const wholeSet: ReadonlySet<string> = new Set([...words(whole), 'correct horse battery staple']);

const runs = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890123456789',
  'qwertyuiopasdfghjklzxcvbnm',
  'qwertzuiopasdfghjklyxcvbnm',
];
const swaps: Readonly<Record<string, string>> = {
  '@': 'a',
  '4': 'a',
  '3': 'e',
  '1': 'i',
  '!': 'i',
  '0': 'o',
  $: 's',
  '5': 's',
  '7': 't',
};

const unswapped = (text: string) => text.replace(/[@43!10$57]/g, (sign) => swaps[sign] ?? sign);
/** Without the digits and signs around it. A pattern for both ends would be quadratic. */
function bare(text: string): string {
  const start = text.search(/[a-z]/);
  if (start === -1) return '';
  let end = text.length;
  while (!isLetter(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

const isLetter = (code: number): boolean => code >= 0x61 && code <= 0x7a;

const backwards = (text: string) => [...text].reverse().join('');

const isRun = (text: string) => runs.some((run) => run.includes(text) || backwards(run).includes(text));

/**
 * Whether a password is among those that are guessed first: one of the ranked lists, such a one with up to six digits and signs
 * around it, a well-known word with digits, signs or swapped letters, a row of the keyboard, a count, or a short piece over and
 * over. Case does not matter.
 */
export function isCommonPassword(password: string): boolean {
  const lower = password.toLowerCase();
  const readings = [lower, unswapped(lower), bare(lower), unswapped(bare(lower)), bare(unswapped(lower))];
  return readings.some((reading) =>
    [reading, unit(reading)].some(
      (piece) => isGuessedFirst(piece, lower) || isRanked(piece, lower.length - reading.length),
    ),
  );
}

/** `around`: the number of characters that were removed around it. */
function isRanked(piece: string, around: number): boolean {
  const isBuiltOn = around === 0 || (around <= 6 && piece.length >= 5);
  return isBuiltOn && rankedPasswords().has(piece);
}

function isGuessedFirst(reading: string, lower: string): boolean {
  if (wholeSet.has(reading) || stemSet.has(reading)) return true;
  // A short piece counts only as a repetition: a reading without letters (`2024`) says nothing about the rest.
  if (reading.length <= 3) return unit(lower).length <= 3;
  return reading.length >= lower.length - 4 && isRun(reading);
}
