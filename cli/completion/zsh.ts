import type { Command } from 'commander';
import { quoted } from './bash.ts';
import { type CommandEntry, commandTree, type OptionEntry, type ValueKind } from './tree.ts';

/** The completion script for zsh, to be sourced, or to be kept as `_gatewarden` in a folder of `fpath`. */
export function zshScript(program: Command): string {
  const { commands, options } = commandTree(program);
  return [
    '#compdef gatewarden',
    '# Completion of gatewarden for zsh: source <(gatewarden completion zsh)',
    ...switchOf('commands', '"$1"', commands.filter(hasCommands).map(commandsLine)),
    ...switchOf('options', '"$1"', commands.map(optionsLine), `reply+=(${described(options.flatMap(entriesOf))})`),
    "# The values of an option ($2) or, without one, of the first argument of a command: '?' when there is no telling.",
    ...switchOf('values', '"$1 $2"', [
      ...commands.flatMap(valueLines),
      ...options.flatMap((option) => optionLines('*', option)),
    ]),
    completing,
  ].join('\n');
}

/** A function that puts the words of one case, and then those of all, into `reply`. */
const switchOf = (name: string, by: string, cases: readonly string[], always = ':'): readonly string[] => [
  `_gatewarden_${name}() {`,
  `  case ${by} in`,
  ...cases,
  '    (*) reply=() ;;',
  '  esac',
  `  ${always}`,
  '}',
];

const hasCommands = ({ commands }: CommandEntry) => commands.length > 0;

type Described = Readonly<{ name: string; description: string }>;

/** Items of an array for `_describe`: a colon ends the name. */
const described = (entries: readonly Described[]) =>
  entries.map(({ name, description }) => quoted(`${name.replaceAll(':', '\\:')}:${description}`)).join(' ');

const entriesOf = ({ names, description }: OptionEntry): readonly Described[] =>
  names.map((name) => ({ name, description }));

const commandsLine = ({ path, commands }: CommandEntry) => `    (${quoted(path)}) reply=(${described(commands)}) ;;`;

const optionsLine = ({ path, options }: CommandEntry) =>
  `    (${quoted(path)}) reply=(${described(options.flatMap(entriesOf))}) ;;`;

function valueLines(entry: CommandEntry): readonly string[] {
  const ofOptions = entry.options.flatMap((option) => optionLines(quoted(entry.path), option));
  return hasCommands(entry) ? ofOptions : [...ofOptions, `    (${quoted(`${entry.path} `)}) ${reply(entry.value)} ;;`];
}

/** `path`: a pattern, such as `*`. */
const optionLines = (path: string, { names, value }: OptionEntry): readonly string[] =>
  value === undefined ? [] : names.map((name) => `    (${path}${quoted(` ${name}`)}) ${reply(value)} ;;`);

const reply = (value: ValueKind): string =>
  `reply=(${(value.kind === 'choices' ? value.choices : [`?${value.kind}`]).map(quoted).join(' ')})`;

// Not `path`: zsh ties that name to PATH.
const completing = `_gatewarden() {
  local current=\${words[CURRENT]} command='' option='' word at
  local -i arguments=0
  local -a reply
  for ((at = 2; at < CURRENT; at++)); do
    word=\${words[at]}
    if [[ -n $option ]]; then option=''; continue; fi
    if [[ $word == -* ]]; then
      _gatewarden_values "$command" "$word"
      (( $#reply )) && option=$word
    else
      _gatewarden_commands "$command"
      if (( \${\${(@)reply%%:*}[(Ie)$word]} )); then command+="/$word"; else arguments+=1; fi
    fi
  done
  if [[ -z $option && $current == --*=* ]]; then
    option=\${current%%=*}
    compset -P '*='
  fi
  if [[ -z $option && $current == -* ]]; then
    _gatewarden_options "$command"
    _describe -o option reply
    return
  fi
  [[ -z $option ]] && (( arguments )) && return
  _gatewarden_values "$command" "$option"
  case "\${reply[1]}" in
    ('?context')
      local -a contexts=("\${XDG_CONFIG_HOME:-$HOME/.config}"/gatewarden/contexts/*.json(N:t:r))
      compadd -a contexts ;;
    ('?file') _files ;;
    ('?nothing') ;;
    (?*) compadd -a reply ;;
    (*) _gatewarden_commands "$command"; _describe command reply ;;
  esac
}
if [[ $funcstack[1] == _gatewarden ]]; then _gatewarden "$@"; else compdef _gatewarden gatewarden; fi
`;
