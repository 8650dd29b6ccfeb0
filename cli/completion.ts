import type { Argument, Command, Option } from "commander";

/** The shells a completion can be had for. */
export const SHELLS = ["bash", "zsh"] as const;
export type Shell = (typeof SHELLS)[number];

/**
 * A script that completes the command line: commands, options and their choices as the program has them, environments and machine keys
 * as the project's folder has them. The shell reads those itself: starting a program at every key press would be felt.
 */
export function completionScript(program: Command, shell: Shell): string {
  return `# Completion of kpaas for ${shell}: source <(kpaas completion ${shell})
${FOLDERS}
${candidates(program)}
${shell === "zsh" ? ZSH : BASH}`;
}

/** Names of environments and keys of machines, in what bash and zsh have in common. */
const FOLDERS = `_kpaas_folder() {
  local folder=$PWD
  while [[ -n $folder && ! -d $folder/environments && ! -e $folder/Pulumi.yaml ]]; do folder=\${folder%/*}; done
  printf '%s/environments' "\${folder:-$PWD}"
}

_kpaas_environments() {
  local folder file name text
  [[ -n \${ZSH_VERSION-} ]] && setopt local_options null_glob
  folder=$(_kpaas_folder)
  for file in "$folder"/*.yaml; do
    name=\${file##*/}
    name=\${name%.yaml}
    [[ $name == *.lock || $name == fleet || $name == Pulumi.* || ! -r $file ]] && continue
    text=$(<"$file")
    [[ $text == name:* || $text == *$'\\n'name:* ]] && printf '%s\\n' "$name"
  done
}

# The machines of environment $1, each followed by $2.
_kpaas_machines() {
  local file line inside=
  file=$(_kpaas_folder)/$1.lock.yaml
  [[ -r $file ]] || return 0
  while IFS= read -r line; do
    if [[ $line == machines: ]]; then inside=yes
    elif [[ $line == [a-z]* ]]; then inside=
    elif [[ -n $inside && $line == '  '[a-z0-9]*: ]]; then line=\${line#  }; printf '%s\\n' "\${line%:}$2"
    fi
  done < "$file"
}
`;

const BASH = `_kpaas() {
  local IFS=$'\\n' current=\${COMP_WORDS[COMP_CWORD]}
  COMPREPLY=($(compgen -W "$(_kpaas_candidates "$current" "\${COMP_WORDS[@]:1:COMP_CWORD-1}")" -- "$current"))
  [[ \${COMPREPLY[0]-} == *: ]] && compopt -o nospace 2>/dev/null
  return 0
}
complete -o default -F _kpaas kpaas
`;

const ZSH = `_kpaas() {
  local -a found
  found=("\${(@f)$(_kpaas_candidates "\${words[CURRENT]}" "\${(@)words[2,CURRENT-1]}")}")
  compadd -S '' -- "\${(@M)found:#*:}"
  compadd -- "\${(@)found:#(*:|)}" || _files
}
whence compdef > /dev/null && compdef _kpaas kpaas
`;

/** The function that prints what may stand in place of the word $1 after the others. */
function candidates(program: Command): string {
  const groups = program.commands.filter((command) => command.commands.length > 0);
  const commands = [...program.commands, ...groups.flatMap((group) => group.commands)];
  const all = [program, ...commands];
  const valued = commands.flatMap((command) => command.options.filter(takesValue).map((option) => `${pathOf(command)}:${option.long}`));
  const values = commands.flatMap((command) =>
    command.options.filter(takesValue).map((option) => `      ${pathOf(command)}:${option.long}) ${valuesOf(option)} ;;`),
  );
  const places = commands.flatMap((command) =>
    command.registeredArguments.map((argument, index) => {
      const place = argument.variadic ? "*" : String(index);
      return `    ${pathOf(command)}:${place}) ${placeOf(argument)} ;;`;
    }),
  );
  const options = all.map((command) => {
    const flags = [...command.options.flatMap(({ long, short }) => long ?? short ?? []), "--help"];
    return `      ${command === program ? '""' : pathOf(command)}) ${print(flags)} ;;`;
  });
  return `_kpaas_candidates() {
  local current=$1 word command= environment= option=
  local -i place=0
  shift
  for word in "$@"; do
    if [[ -n $option ]]; then option=; continue; fi
    case $command:$word in
      ${valued.join("|")}) option=$word ;;
      *:-*) ;;
      :*) command=$word ;;
${groups.map((group) => `      ${group.name()}:*) command+=/$word ;;\n`).join("")}      *) [[ -z $environment ]] && environment=$word; place+=1 ;;
    esac
  done
  if [[ -n $option ]]; then
    case $command:$option in
${values.join("\n")}
    esac
    return 0
  fi
  if [[ $current == -* ]]; then
    case $command in
${options.join("\n")}
    esac
    return 0
  fi
  case $command:$place in
    :*) ${print(program.commands.map((command) => command.name()))} ;;
${groups.map((group) => `    ${group.name()}:*) ${print(group.commands.map((command) => command.name()))} ;;\n`).join("")}${places.join("\n")}
  esac
}
`;
}

/** The names that lead to a command, as one word. */
function pathOf(command: Command): string {
  const above = command.parent;
  return above?.parent ? `${pathOf(above)}/${command.name()}` : command.name();
}

function takesValue(option: Option): boolean {
  return option.required || option.optional;
}

function valuesOf(option: Option): string {
  if (option.argChoices !== undefined) return print(option.argChoices);
  // Anything else is a file's name, which the shell completes by itself.
  return /<KEY:/.test(option.flags) ? '_kpaas_machines "$environment" :' : ":";
}

function placeOf(argument: Argument): string {
  if (argument.argChoices !== undefined) return print(argument.argChoices);
  if (argument.name() === "ENV") return "_kpaas_environments";
  return argument.name() === "KEY" ? '_kpaas_machines "$environment" ""' : ":";
}

function print(words: readonly string[]): string {
  return `printf '%s\\n' ${words.join(" ")}`;
}
