import type { PodsBackup } from "../../../model/backup";

/** A folder that an application keeps. */
export interface KeptFolder {
  /** Name of the application. */
  readonly workload: string;
  readonly folder: string;
  /** What the file of the backup is called. */
  readonly file: string;
  /** Folders and files in it that are left out. @default none */
  readonly without?: readonly string[];
  /** What is in the backup, and what is not, for people. */
  readonly holds: string;
  readonly not: string;
}

/** Of what a program writes while it is read: a file that grows meanwhile is cut, and told of by `tar` with 1. */
export function folderBackup({ workload, folder, file, without = [], holds, not }: KeptFolder): PodsBackup {
  const place = { workload, container: workload };
  const left = ["lost+found", ...without].map((name) => `! -name '${name}'`).join(" ");
  const kept = `find . -mindepth 1 -maxdepth 1 ${left}`;
  return {
    kind: "pods",
    holds,
    without: not,
    parts: [
      {
        ...place,
        file,
        dump: [
          `cd ${folder}`,
          `${kept} -print0 > /tmp/kpaas-kept`,
          "trap 'rm -f /tmp/kpaas-kept' EXIT",
          'tar --null -cf - -T /tmp/kpaas-kept || { code=$?; [ "$code" -eq 1 ] || exit "$code"; }',
        ].join("\n"),
        restore: [`cd ${folder}`, `${kept} -exec rm -rf {} +`, 'if [ "$1" -gt 0 ]; then head -c "$1" | tar -xf -; fi'].join("\n"),
        verify: `[ -n "$(find ${folder} -maxdepth 2 -name '*.xml' -print -quit)" ] || { echo "there are no settings in ${folder}" >&2; exit 1; }`,
      },
    ],
    // It has read what was there before: it starts anew with what is there now.
    after: [{ ...place, command: "(sleep 2; kill 1) >/dev/null 2>&1 &" }],
  };
}
