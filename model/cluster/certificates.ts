/** How many days before its end a certificate is renewed. */
export const RENEWAL_DAYS = 30;

/** Authorities, and what kubespray's own script has made for etcd, which no renewal makes anew. */
const LASTING: readonly string[] = ["ca", "front-proxy-ca", "etcd-ca", "etcd-member", "etcd-admin", "etcd-node"];

/** Certificates that end soon, each as `NAME (YYYY-MM-DD)`, in order of name. */
export interface Expiring {
  /** Those that a renewal makes anew. */
  readonly renewable: readonly string[];
  /** Those that stay as they are. */
  readonly lasting: readonly string[];
}

/**
 * What ends within some days or has ended.
 * @param dates when each certificate ends (ISO 8601), by kubeadm's name of it
 */
export function expiringCertificates(dates: Readonly<Record<string, string>>, now: Date, days = RENEWAL_DAYS): Expiring {
  const limit = now.getTime() + days * 24 * 60 * 60 * 1000;
  const due = Object.keys(dates)
    .filter((name) => Date.parse(dates[name] ?? "") <= limit)
    .sort();
  const shown = (names: readonly string[]) => names.map((name) => `${name} (${dates[name]?.slice(0, 10)})`);
  return {
    renewable: shown(due.filter((name) => !LASTING.includes(name))),
    lasting: shown(due.filter((name) => LASTING.includes(name))),
  };
}
