import type { AfterRestore, Backup, BackupPlan, PodPlace } from "../../../model/backup";
import { FOLDERS, NAMES, PORTS, SEAL_KEY } from "./config";
import { AUDIENCE, LOGINS, MANAGER_ROLE } from "./names";

/** Logs the manager in at the member that leads: others would lead a client there for each call. */
const LOG_IN = [
  "IFS= read -r jwt",
  `export BAO_ADDR=https://127.0.0.1:${PORTS.api} BAO_CACERT=${FOLDERS.tls}/ca.crt`,
  "BAO_ADDR=$(bao read -field=leader_address sys/leader)",
  `BAO_TOKEN=$(printf %s "$jwt" | bao write -field=token auth/kubernetes/login role=${MANAGER_ROLE} jwt=-)`,
  "export BAO_ADDR BAO_TOKEN",
];

const SNAPSHOT = "file=/tmp/kpaas-snapshot; trap 'rm -f $file' EXIT";

const PLACE: PodPlace = { workload: "openbao", container: "openbao", login: { account: NAMES.manager, audience: AUDIENCE } };

/**
 * Destroys the secret ids that others have taken the place of. No state knows them any more, so an `up` would leave them. Those that are valid now
 * stay, where they are among what came back; what people have made is theirs.
 */
function endFormer(rotation: number): AfterRestore {
  const roles = `auth/${LOGINS.appRole}/role`;
  const accessor = `${roles}/$role/secret-id-accessor`;
  return {
    ...PLACE,
    ends: "OpenBao's secret ids of before the last exchange",
    command: [
      ...LOG_IN,
      "log_ins=$(bao auth list)",
      `case "$log_ins" in *"${LOGINS.appRole}/"*) ;; *) exit 0 ;; esac`,
      // A list of nothing is an error with these words; what there is comes below a heading.
      "names() {",
      '  said=$(bao list "$1" 2>&1) && { printf "%s\\n" "$said" | sed 1,2d; return; }',
      '  case "$said" in *"No value found"*) ;; *) echo "$said" >&2; return 1 ;; esac',
      "}",
      `roles=$(names ${roles})`,
      "for role in $roles; do",
      `  ids=$(names ${roles}/$role/secret-id)`,
      "  for id in $ids; do",
      // One that has expired is still listed for a while, and is nothing any more.
      `    known=$(bao write -format=json ${accessor}/lookup secret_id_accessor=$id 2>&1) || {`,
      '      case "$known" in *"failed to find accessor"*) continue ;; *) echo "$known" >&2; exit 1 ;; esac',
      "    }",
      // Those of ours have a certificate's hash among what is known of them, and from the second on how many times they were made.
      "    known=$(printf %s \"$known\" | tr -d ' \\n')",
      `    case "$known" in *'"certificate":'*) ;; *) continue ;; esac`,
      `    number=$(printf %s "$known" | sed -n 's/.*"rotation":"\\([0-9]*\\)".*/\\1/p')`,
      `    [ "\${number:-1}" = ${rotation} ] || bao write ${accessor}/destroy secret_id_accessor=$id >&2`,
      "  done",
      "done",
    ].join("\n"),
  };
}

/** A snapshot of the raft storage, with the key that it is sealed with. */
export function openbaoBackup({ options = {}, rotation = 1 }: BackupPlan): Backup {
  const { kind = "static" } = (options.seal ?? {}) as { readonly kind?: string };
  if (kind !== "static")
    return {
      kind: "none",
      reason: `its key is kept elsewhere (${kind}), so nobody here can tell whether a snapshot could be read again`,
      remedy: "take snapshots as its manager, as docs/services/openbao.md says, and see to the key where it is kept",
    };
  return {
    kind: "pod",
    ...PLACE,
    file: "openbao.snapshot",
    holds: "everything that it stores, as of one moment: secrets, log-ins, policies",
    ...(rotation > 1 ? { after: [endFormer(rotation)] } : {}),
    key: { secret: NAMES.seal, field: SEAL_KEY.file },
    dump: [...LOG_IN, SNAPSHOT, 'bao operator raft snapshot save "$file" >&2', 'cat "$file"'].join("\n"),
    // Forced: a server that came up empty has other keys of its own below the same seal. That the seal is the same was looked at before.
    restore: [
      ...LOG_IN,
      SNAPSHOT,
      'head -c "$1" > "$file"',
      '[ "$(wc -c < "$file")" -eq "$1" ] || { echo "the snapshot did not arrive whole" >&2; exit 1; }',
      "bao token lookup > /dev/null",
      'bao operator raft snapshot restore -force "$file" >&2',
      // It answers by what was there until it has sealed and unsealed itself. This log-in is newer than any snapshot: once it is unknown, that is over.
      "tries=0",
      'while said=$(bao token lookup 2>&1) || case "$said" in *"Code: 403"*) false ;; *) true ;; esac; do',
      "  tries=$((tries + 1))",
      '  if [ $tries -gt 60 ]; then echo "what came back is not served: $said" >&2; exit 1; fi',
      "  sleep 1",
      "done",
    ].join("\n"),
    verify: [
      "IFS= read -r jwt",
      `export BAO_ADDR=https://127.0.0.1:${PORTS.api} BAO_CACERT=${FOLDERS.tls}/ca.crt`,
      "tries=0",
      `until said=$(printf %s "$jwt" | bao write -field=token auth/kubernetes/login role=${MANAGER_ROLE} jwt=- 2>&1); do`,
      "  tries=$((tries + 1))",
      '  if [ $tries -gt 60 ]; then echo "$said" >&2; exit 1; fi',
      "  sleep 1",
      "done",
    ].join("\n"),
  };
}
