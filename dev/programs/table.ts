/** A program of somebody else's that long tests run. */
export interface TestProgram {
  /** Of its module, where it is built of one. */
  readonly version: string;
  /** Its official release for Linux: the repository on GitHub, the tag, the archive, the folder in that, and the list of checksums. */
  readonly release: (arch: "amd64" | "arm64") => Release;
  /** What it is built of: a module that tools/programs/NAME pins; or a checkout, at a commit, where no module proxy has to have its versions. */
  readonly source: { readonly module: string; readonly main: string } | { readonly commit: string; readonly main: string };
}

/** Where a release has a program. */
interface Release {
  readonly repository: string;
  readonly tag: string;
  readonly archive: string;
  /** Of the program, within the archive. */
  readonly path: string;
  readonly checksums: string;
}

/** How Prometheus' projects publish. */
const prometheus =
  (repository: string, version: string, program: string): TestProgram["release"] =>
  (arch) => {
    const folder = `${repository.split("/")[1]}-${version}.linux-${arch}`;
    return { repository, tag: `v${version}`, archive: `${folder}.tar.gz`, path: `${folder}/${program}`, checksums: "sha256sums.txt" };
  };

/** All of them, by what they are called. */
export const TEST_PROGRAMS: Readonly<Record<string, TestProgram>> = {
  promtool: {
    // Of Prometheus 3.12.0.
    version: "0.312.0",
    release: prometheus("prometheus/prometheus", "3.12.0", "promtool"),
    source: { module: "github.com/prometheus/prometheus", main: "github.com/prometheus/prometheus/cmd/promtool" },
  },
  amtool: {
    version: "0.32.1",
    release: prometheus("prometheus/alertmanager", "0.32.1", "amtool"),
    source: { module: "github.com/prometheus/alertmanager", main: "github.com/prometheus/alertmanager/cmd/amtool" },
  },
  "prometheus-nats-exporter": {
    version: "0.20.1",
    release: (arch) => {
      const folder = `prometheus-nats-exporter-v0.20.1-linux-${arch === "amd64" ? "x86_64" : arch}`;
      return {
        ...{ repository: "nats-io/prometheus-nats-exporter", tag: "v0.20.1", archive: `${folder}.tar.gz` },
        ...{ path: "prometheus-nats-exporter", checksums: "checksums.txt" },
      };
    },
    source: { module: "github.com/nats-io/prometheus-nats-exporter", main: "github.com/nats-io/prometheus-nats-exporter" },
  },
  mysqld_exporter: {
    version: "0.20.0",
    release: prometheus("prometheus/mysqld_exporter", "0.20.0", "mysqld_exporter"),
    source: { commit: "11da31c961d37eab296c48ab50c38c3bdff8e2e3", main: "." },
  },
  postgres_exporter: {
    version: "0.20.1",
    release: prometheus("prometheus-community/postgres_exporter", "0.20.1", "postgres_exporter"),
    source: { commit: "867fbcac31cd18c143e244190ea9168cca069827", main: "./cmd/postgres_exporter" },
  },
};
