import type { Backup } from "../../../model/backup";
import { FOLDERS, NAMES, PORTS, SEAL_KEY } from "./config";
import { AUDIENCE, MANAGER_ROLE } from "./names";

/** Logs the manager in at the member that leads: others would lead a client there for each call. */
const LOG_IN = [
  "IFS= read -r jwt",
  `export BAO_ADDR=https://127.0.0.1:${PORTS.api} BAO_CACERT=${FOLDERS.tls}/ca.crt`,
  "BAO_ADDR=$(bao read -field=leader_address sys/leader)",
  `BAO_TOKEN=$(printf %s "$jwt" | bao write -field=token auth/kubernetes/login role=${MANAGER_ROLE} jwt=-)`,
  "export BAO_ADDR BAO_TOKEN",
];

const SNAPSHOT = "file=/tmp/kpaas-snapshot; trap 'rm -f $file' EXIT";

/** A snapshot of the raft storage, with the key that it is sealed with. */
export function openbaoBackup({ seal }: Readonly<Record<string, unknown>>): Backup {
  const { kind = "static" } = (seal ?? {}) as { readonly kind?: string };
  if (kind !== "static")
    return {
      kind: "none",
      reason: `its key is kept elsewhere (${kind}), so nobody here can tell whether a snapshot could be read again`,
      remedy: "take snapshots as its manager, as docs/services/openbao.md says, and see to the key where it is kept",
    };
  return {
    kind: "pod",
    workload: "openbao",
    container: "openbao",
    file: "openbao.snapshot",
    holds: "everything that it stores, as of one moment: secrets, log-ins, policies",
    login: { account: NAMES.manager, audience: AUDIENCE },
    key: { secret: NAMES.seal, field: SEAL_KEY.file },
    dump: [...LOG_IN, SNAPSHOT, 'bao operator raft snapshot save "$file" >&2', 'cat "$file"'].join("\n"),
    // Forced: a server that came up empty has other keys of its own below the same seal. That the seal is the same was looked at before.
    restore: [
      ...LOG_IN,
      SNAPSHOT,
      'head -c "$1" > "$file"',
      '[ "$(wc -c < "$file")" -eq "$1" ] || { echo "the snapshot did not arrive whole" >&2; exit 1; }',
      'bao operator raft snapshot restore -force "$file" >&2',
    ].join("\n"),
    // It seals and unseals itself for what was restored.
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
