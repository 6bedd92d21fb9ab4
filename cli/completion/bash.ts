import type { Command } from 'commander';
import { type CommandEntry, commandTree, type OptionEntry, type ValueKind } from './tree.ts';

/** A bash word for exactly this text. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** The completion script for bash 4 and later. Names of contexts are read when the key is pressed, as data. */
export function bashScript(program: Command): string {
  const { commands, options } = commandTree(program);
  return [
    '# Completion of gatewarden for bash: source <(gatewarden completion bash)',
    ...switchOf('commands', '"$1"', commands.filter(hasCommands).map(commandsLine)),
    ...switchOf('options', '"$1"', commands.filter(hasOptions).map(optionsLine), printf(namesOf(options))),
    "# The values of an option ($2) or, without one, of the first argument of a command: '?' when there is no telling.",
    ...switchOf('values', '"$1 $2"', [
      ...commands.flatMap(valueLines),
      ...options.flatMap((option) => optionLines('*', option)),
    ]),
    completing,
  ].join('\n');
}

/** A function that prints the words of one case, and then of all. */
const switchOf = (name: string, by: string, cases: readonly string[], always = ':'): readonly string[] => [
  `_gatewarden_${name}() {`,
  `  case ${by} in`,
  ...cases,
  '  esac',
  `  ${always}`,
  '}',
];

const hasCommands = ({ commands }: CommandEntry) => commands.length > 0;
const hasOptions = ({ options }: CommandEntry) => options.length > 0;

const namesOf = (options: readonly OptionEntry[]) => options.flatMap(({ names }) => names);

const printf = (words: readonly string[]) => `printf '%s\\n' ${words.map(quoted).join(' ')}`;

/** A line of `case` for one text. */
const printed = (text: string, words: readonly string[]) => `    ${quoted(text)}) ${printf(words)} ;;`;

const commandsLine = ({ path, commands }: CommandEntry) =>
  printed(
    path,
    commands.map(({ name }) => name),
  );

const optionsLine = ({ path, options }: CommandEntry) => printed(path, namesOf(options));

function valueLines(entry: CommandEntry): readonly string[] {
  const ofOptions = entry.options.flatMap((option) => optionLines(quoted(entry.path), option));
  return hasCommands(entry) ? ofOptions : [...ofOptions, printed(`${entry.path} `, valuesOf(entry.value))];
}

/** `path`: a pattern, such as `*`. */
const optionLines = (path: string, { names, value }: OptionEntry): readonly string[] =>
  value === undefined ? [] : names.map((name) => `    ${path}${quoted(` ${name}`)}) ${printf(valuesOf(value))} ;;`);

const valuesOf = (value: ValueKind): readonly string[] =>
  value.kind === 'choices' ? value.choices : [`?${value.kind}`];

const completing = `_gatewarden_contexts() {
  local file
  for file in "\${XDG_CONFIG_HOME:-$HOME/.config}"/gatewarden/contexts/*.json; do
    [[ -e $file ]] || continue
    file=\${file##*/} file=\${file%.json}
    [[ $file == *[!A-Za-z0-9._-]* ]] || printf '%s\\n' "$file"
  done
}
_gatewarden_offer() {
  local word
  while IFS= read -r word; do
    [[ -n $word && $word == "$1"* ]] && COMPREPLY+=("$word")
  done
}
_gatewarden() {
  local current=\${COMP_WORDS[COMP_CWORD]} path='' option='' arguments=0 word at values
  for ((at = 1; at < COMP_CWORD; at++)); do
    word=\${COMP_WORDS[at]}
    if [[ $word == = ]]; then continue; fi
    if [[ -n $option ]]; then option=''; continue; fi
    if [[ $word == -* ]]; then
      values=$(_gatewarden_values "$path" "$word")
      [[ -n $values ]] && option=$word
    elif [[ $'\\n'$(_gatewarden_commands "$path")$'\\n' == *$'\\n'"$word"$'\\n'* ]]; then
      path+="/$word"
    else
      arguments=$((arguments + 1))
    fi
  done
  [[ $current == = ]] && current=''
  COMPREPLY=()
  if [[ -z $option && $current == -* ]]; then
    _gatewarden_offer "$current" < <(_gatewarden_options "$path")
    return
  fi
  [[ -z $option && $arguments -gt 0 ]] && return
  values=$(_gatewarden_values "$path" "$option")
  case "$values" in
    '?context') _gatewarden_offer "$current" < <(_gatewarden_contexts) ;;
    '?file') compopt -o filenames 2>/dev/null; while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "$current") ;;
    '?nothing') ;;
    ?*) _gatewarden_offer "$current" <<< "$values" ;;
    *) _gatewarden_offer "$current" < <(_gatewarden_commands "$path") ;;
  esac
}
complete -F _gatewarden gatewarden
`;
