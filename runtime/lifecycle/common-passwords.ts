// Lifecycle: passwords that everybody tries first: words that come up in every list of stolen ones, with what people put
// behind them, and what lies in a row on a keyboard. Compared without regard to case.

const WORDS = `
  password passw0rd p@ssword p@ssw0rd pa55word pass passwort motdepasse contrasena senha parola haslo wachtwoord
  qwerty qwertz azerty qwert qwertyui qwertyuiop asdf asdfg asdfgh asdfghjkl zxcv zxcvb zxcvbn zxcvbnm qazwsx qweasd
  1q2w3e 1q2w3e4r 1q2w3e4r5t q1w2e3 q1w2e3r4 1qaz 1qaz2wsx zaq1 zaq12wsx qwe asd zxc qweasdzxc wasd
  abc abcd abcde abcdef abcdefg abcdefgh aa aaa aaaa bbb xxx zzz a1b2c3 a1b2c3d4 abc123 a123 q123 qwe123 asd123
  letmein welcome welcome1 iloveyou ilove love lovely loveme lover loveyou trustno hello hello1 hi secret secure
  admin administrator root user guest test testing tester demo default login master manager system server super superuser
  access changeme change temp temporary computer internet windows microsoft apple google facebook samsung android linux
  oracle cisco dell sony nintendo playstation xbox minecraft pokemon pikachu mario zelda sonic starwars startrek matrix
  monkey dragon tiger lion eagle falcon wolf bear dog cat kitty puppy doggy horse rabbit bunny dolphin shark spider
  snake panda turtle butterfly chicken cookie cheese banana orange apple1 cherry lemon peanut pepper ginger chocolate
  candy sugar honey coffee pizza burger butter muffin cupcake sunshine sunflower summer winter spring autumn january
  february march april may june july august september october november december monday friday sunday
  shadow thunder lightning storm hunter killer ninja samurai knight warrior ranger soldier pirate wizard witch angel
  devil demon ghost zombie batman superman spiderman ironman hulk thor joker avatar phoenix diamond silver golden gold
  platinum crystal rainbow purple yellow orange1 black white green red blue pink
  football soccer baseball basketball hockey golf tennis cricket rugby swimming boxing arsenal chelsea liverpool
  barcelona realmadrid juventus milan manchester united yankees lakers cowboys steelers eagles ferrari porsche mercedes
  bmw audi toyota honda yamaha harley mustang camaro corvette ford chevy nissan
  michael jessica ashley jennifer daniel jordan joshua matthew andrew robert thomas william joseph david john james
  george charlie charles richard michelle nicole amanda melissa sarah stephanie samantha hannah sophie emma olivia
  anna maria laura andrea carlos alexander alex max sam jack harry oliver oscar buster bailey maggie daisy lucky
  princess prince queen king baby babygirl babyboy sweetheart sweetie cutie beautiful pretty handsome sexy hottie
  whatever nothing anything something forever family friend friends mother father mommy daddy brother sister jesus
  christ jesus1 heaven blessed faith freedom liberty america canada london paris berlin tokyo sakura nippon
  texas florida california chicago boston newyork dallas houston phoenix1 denver
  fuckyou fuckme fuckoff bullshit asshole bitch pussy
  blink182 metallica slipknot nirvana eminem beatles guitar music dance party player gamer games killer1 hacker
`;

/** What is put behind a word so that it passes for something else. */
const ENDINGS = [
  '',
  ...'0123456789!.',
  '00',
  '01',
  '07',
  '10',
  '11',
  '12',
  '13',
  '21',
  '22',
  '23',
  '69',
  '77',
  '88',
  '99',
];
const LONG_ENDINGS = [
  '000',
  '007',
  '111',
  '123',
  '123!',
  '1234',
  '12345',
  '123456',
  '321',
  '666',
  '777',
  '1!',
  '@123',
  '#1',
];
const YEARS = Array.from({ length: 2030 - 1985 }, (_, i) => String(1985 + i));

const ROWS = ['1234567890', '0987654321', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm', 'abcdefghijklmnopqrstuvwxyz'];
const LONGEST_RUN = 12;

let all: ReadonlySet<string> | undefined;

/** @param password as it was typed. */
export function isCommon(password: string): boolean {
  all ??= new Set([...words(), ...runs()]);
  return all.has(password.toLowerCase());
}

function* words(): Iterable<string> {
  for (const word of WORDS.trim().split(/\s+/)) {
    for (const ending of [...ENDINGS, ...LONG_ENDINGS, ...YEARS]) yield word + ending;
  }
}

/** Pieces of a row of keys, in both directions, and pieces said again and again. */
function* runs(): Iterable<string> {
  for (const row of ROWS) {
    for (const line of [row.repeat(2), [...row].reverse().join('').repeat(2)]) {
      for (let length = 3; length <= LONGEST_RUN; length++) {
        for (let from = 0; from < row.length; from++) yield line.slice(from, from + length);
      }
    }
  }
  for (const piece of [
    ...'abcdefghijklmnopqrstuvwxyz0123456789',
    '12',
    '123',
    '1234',
    'ab',
    'abc',
    'qwe',
    'asd',
    '69',
  ]) {
    for (let times = 2; piece.length * times <= LONGEST_RUN; times++) yield piece.repeat(times);
  }
}
