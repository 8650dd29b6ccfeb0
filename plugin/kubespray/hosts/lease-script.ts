import type { LeaseAnswer, LeaseRequest } from "./lease-rule";
import { shellWord } from "./remote-hosts";

/** Where a host keeps what is ours of a cluster. */
export function hostFolder(cluster: string): string {
  return `/var/lib/kpaas/clusters/${cluster}`;
}

/** What a host's clock is read from; tests have their own. */
export interface ClockFiles {
  readonly uptime: string;
  readonly boot: string;
}

const CLOCK: ClockFiles = { uptime: "/proc/uptime", boot: "/proc/sys/kernel/random/boot_id" };

/**
 * Each command that touches a host's lease or journal is one of these scripts: alone in the folder (a lock that goes with its process), with
 * the lease read. Files are put in place whole, and are on the disk before the script ends.
 */
function opening(folder: string, clock: ClockFiles): string {
  return `set -eu
umask 077
d=${shellWord(folder)}
mkdir -p "$d"
exec 9>"$d/mutex"
flock -w 10 9
IFS=' .' read -r up rest < ${shellWord(clock.uptime)}
read -r boot < ${shellWord(clock.boot)}
run= since= seconds= holder= turn=
[ ! -s "$d/lease" ] || { read -r run since lboot seconds && read -r holder && { read -r turn || :; } && [ "$lboot" = "$boot" ] || since=0; } < "$d/lease"
put() { cat > "$d/$1.new"; sync "$d/$1.new"; mv "$d/$1.new" "$d/$1"; sync "$d"; }
left() { echo $((since + seconds - up)); }
`;
}

/** The script that does on a host what `answer` of lease-rule.ts says; its lines are read by {@link readAnswer}. */
export function leaseScript(folder: string, request: LeaseRequest, clock: ClockFiles = CLOCK): string {
  return `${opening(folder, clock)}me=${shellWord(request.run)}
granted=false
${actions(request)}
epoch= hosts=
[ ! -s "$d/members" ] || read -r epoch hosts < "$d/members"
echo "$granted"
[ -z "$run" ] || printf '%s\\n' "lease $run $(left) $holder"
[ -z "$epoch" ] || echo "members $epoch $hosts"
`;
}

function actions(request: LeaseRequest): string {
  switch (request.op) {
    case "hold":
      return `breaking=${shellWord(request.breaking ?? "")}
again=${request.again ? "yes" : ""}
if { [ -n "$run" ] && [ "$run" = "$me" ]; } || { [ -z "$again" ] && { [ -z "$run" ] || [ "$run" = "$breaking" ] || [ "$(left)" -le 0 ]; }; }; then
  { [ "$run" = "$me" ] && [ "\${turn:-0}" -gt ${request.turn ?? 0} ]; } || turn=${request.turn ?? 0}
  granted=true run=$me since=$up seconds=${Math.ceil(request.seconds)} holder=${shellWord(request.holder)}
  printf '%s\\n%s\\n%s\\n' "$run $since $boot $seconds" "$holder" "$turn" | put lease
fi`;
    case "members":
      return `if [ "$run" = "$me" ]; then
  granted=true epoch=0
  [ ! -s "$d/members" ] || read -r epoch hosts < "$d/members"
  [ "$epoch" -gt ${request.members.epoch} ] || printf '%s\\n' ${shellWord([request.members.epoch, ...request.members.hosts].join(" "))} | put members
fi`;
    case "release":
      return `granted=true
if [ "$run" = "$me" ]${request.turn === undefined ? "" : ` && [ "\${turn:-0}" -le ${request.turn} ]`}; then
  rm -f "$d/lease"
  run=
fi`;
  }
}

/** Reads what the script said. @throws Error where that is no answer */
export function readAnswer(output: string): LeaseAnswer {
  const [granted = "", ...lines] = output.trim().split("\n");
  if (granted !== "true" && granted !== "false") throw new Error(`no answer about the lease: ${output.slice(0, 200)}`);
  const lease = lines.map((line) => /^lease (\S+) (-?\d+) (.*)$/.exec(line)).find((match) => match !== null);
  const members = lines.map((line) => /^members (\d+) ?(.*)$/.exec(line)).find((match) => match !== null);
  return {
    granted: granted === "true",
    ...(lease ? { lease: { run: lease[1] ?? "", seconds: Number(lease[2]), holder: lease[3] ?? "" } } : {}),
    ...(members ? { members: { epoch: Number(members[1]), hosts: (members[2] ?? "").split(" ").filter((host) => host !== "") } } : {}),
  };
}

/** Appends the lines on standard input to the journal, for the lease's holder only: any other run is told `lost` and writes nothing. */
export function appendScript(folder: string, run: string, clock: ClockFiles = CLOCK): string {
  return `${opening(folder, clock)}if [ "$run" != ${shellWord(run)} ]; then
  echo lost
  exit 0
fi
j="$d/journal.jsonl"
# A host that lost its power may have kept half a line.
[ ! -s "$j" ] || [ "$(tail -c 1 "$j" | wc -l)" -eq 1 ] || echo >> "$j"
cat >> "$j"
sync "$j"
echo written
`;
}

/** Prints the journal. */
export function readScript(folder: string): string {
  return `set -eu
[ ! -s ${shellWord(`${folder}/journal.jsonl`)} ] || cat ${shellWord(`${folder}/journal.jsonl`)}
`;
}
