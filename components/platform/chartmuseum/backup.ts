import type { PodBackup } from "../../../model/backup";

/** Its charts are files that are written once and never changed. */
export const chartmuseumBackup: PodBackup = {
  kind: "pod",
  workload: "chartmuseum",
  container: "chartmuseum",
  file: "chartmuseum.tar",
  holds: "every chart, as a file",
  without: "a chart that is being pushed meanwhile",
  dump: "tar -cf - -C /charts .",
  restore: 'find /charts -mindepth 1 -delete\nhead -c "$1" | tar -xf - -C /charts',
  verify: [
    "for chart in $(find /charts -name '*.tgz'); do",
    '  gzip -t "$chart" || { echo "$chart is not whole" >&2; exit 1; }',
    "done",
  ].join("\n"),
};
