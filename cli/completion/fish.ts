import type { Command } from 'commander';
import { type CommandEntry, commandTree, type OptionEntry, type ValueKind } from './tree.ts';

/** The completion script for fish, to be sourced, or to be kept as `completions/gatewarden.fish`. */
export function fishScript(program: Command): string {
  const { commands, options } = commandTree(program);
  return [
    '# Completion of gatewarden for fish: gatewarden completion fish | source',
    ...switchOf('commands', '$argv[1]', commands.filter(hasCommands).map(commandsLine)),
    ...switchOf('options', '$argv[1]', commands.map(optionsLine), printed(options.flatMap(entriesOf))),
    "# The values of an option ($argv[2]) or, without one, of the first argument of a command: '?' when there is no telling.",
    ...switchOf('values', '"$argv[1] $argv[2]"', [
      ...commands.flatMap(valueLines),
      ...options.flatMap((option) => optionLines('*', option)),
    ]),
    completing,
  ].join('\n');
}

/** A function that prints the lines of one case, and then those of all. */
const switchOf = (name: string, by: string, cases: readonly string[], always = 'true'): readonly string[] => [
  `function __gatewarden_${name}`,
  `  switch ${by}`,
  ...cases,
  '  end',
  `  ${always}`,
  'end',
];

const hasCommands = ({ commands }: CommandEntry) => commands.length > 0;

/** A fish word for exactly this text. */
const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/** The same as a pattern of `case`. */
const exactly = (text: string): string => quoted(text.replace(/[?*]/g, '\\$&'));

type Described = Readonly<{ name: string; description: string }>;

const printed = (entries: readonly Described[]): string =>
  `printf '%s\\t%s\\n' ${entries.map(({ name, description }) => `${quoted(name)} ${quoted(description)}`).join(' ')}`;

const entriesOf = ({ names, description }: OptionEntry): readonly Described[] =>
  names.map((name) => ({ name, description }));

const commandsLine = ({ path, commands }: CommandEntry) => `    case ${exactly(path)}\n      ${printed(commands)}`;

const optionsLine = ({ path, options }: CommandEntry) =>
  `    case ${exactly(path)}\n      ${options.length === 0 ? 'true' : printed(options.flatMap(entriesOf))}`;

function valueLines(entry: CommandEntry): readonly string[] {
  const ofOptions = entry.options.flatMap((option) => optionLines(entry.path, option));
  return hasCommands(entry)
    ? ofOptions
    : [...ofOptions, `    case ${exactly(`${entry.path} `)}\n      ${values(entry.value)}`];
}

/** `path`: a pattern, such as `*`. */
const optionLines = (path: string, { names, value }: OptionEntry): readonly string[] =>
  value === undefined ? [] : names.map((name) => `    case ${quoted(`${path} ${name}`)}\n      ${values(value)}`);

const values = (value: ValueKind): string =>
  `printf '%s\\n' ${(value.kind === 'choices' ? value.choices : [`?${value.kind}`]).map(quoted).join(' ')}`;

const completing = String.raw`function __gatewarden_candidates
  set -l current (commandline -ct)
  set -l path ''
  set -l option ''
  set -l arguments 0
  for word in (commandline -opc)[2..-1]
    if test -n "$option"
      set option ''
    else if string match -q -- '-*' $word
      set -l values (__gatewarden_values "$path" $word)
      test -n "$values[1]"; and set option $word
    else if contains -- $word (__gatewarden_commands "$path" | string replace -r '\t.*' '')
      set path "$path/$word"
    else
      set arguments (math $arguments + 1)
    end
  end
  set -l before ''
  if test -z "$option"; and string match -qr -- '^--[^=]+=' $current
    set before (string replace -r '=.*' '=' -- $current)
    set option (string replace -r '=.*' '' -- $current)
  end
  if test -z "$option"; and string match -q -- '-*' $current
    __gatewarden_options "$path"
    return
  end
  if test -z "$option"; and test $arguments -gt 0
    return
  end
  set -l values (__gatewarden_values "$path" "$option")
  switch "$values[1]"
    case '\?context'
      set -l folder ~/.config
      set -q XDG_CONFIG_HOME; and set folder $XDG_CONFIG_HOME
      for file in $folder/gatewarden/contexts/*.json
        string replace -r '.*/(.*)\.json$' "$before\$1" -- $file
      end
    case '\?file'
      __fish_complete_path $current
    case '\?nothing'
    case ''
      __gatewarden_commands "$path"
    case '*'
      printf '%s\n' $before$values
  end
end
complete -c gatewarden -f -a '(__gatewarden_candidates)'
`;
