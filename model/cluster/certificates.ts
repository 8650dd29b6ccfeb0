/** How many days before its end a certificate is renewed. */
export const RENEWAL_DAYS = 30;

/** Authorities among kubeadm's certificates, which no renewal makes anew. */
const AUTHORITIES: readonly string[] = ["ca", "front-proxy-ca", "etcd-ca"];

/** Certificates that end soon, each as `NAME (YYYY-MM-DD)`, in order of name. */
export interface Expiring {
  /** Those that a renewal makes anew. */
  readonly renewable: readonly string[];
  /** Those that everything else hangs on, and that stay as they are. */
  readonly authorities: readonly string[];
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
    renewable: shown(due.filter((name) => !AUTHORITIES.includes(name))),
    authorities: shown(due.filter((name) => AUTHORITIES.includes(name))),
  };
}
