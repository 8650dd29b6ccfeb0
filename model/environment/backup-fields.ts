import { X509Certificate } from "node:crypto";
import { z } from "zod";
import { cronProblem } from "../cron";

/* The kinds of values that backups are described by. */

/** When backups are made. */
export const schedule = z.string().superRefine((text, context) => {
  const problem = cronProblem(text);
  if (problem === undefined) return;
  const remedy = 'write minute, hour, day of the month, month and day of the week, such as "0 */6 * * *"';
  context.addIssue({ code: "custom", message: problem, params: { remedy } });
});

/** The certificate that backups are encrypted to. */
export const encryptionCertificate = z.string().superRefine((text, context) => {
  const problem = certificateProblem(text);
  if (problem === undefined) return;
  const remedy =
    "make a pair with `openssl req -x509 -newkey rsa:4096 -nodes -days 36500 -subj /CN=etcd-backup -keyout backup.key -out backup.crt`, write backup.crt here and keep backup.key off the cluster";
  context.addIssue({ code: "custom", message: problem, params: { remedy } });
});

/** Why nothing can be encrypted to a text, as a clause; undefined for a certificate to which it can. */
export function certificateProblem(text: string): string | undefined {
  if (/PRIVATE KEY/.test(text)) return "holds a private key, which is to be kept elsewhere";
  if (!/^-----BEGIN CERTIFICATE-----\r?\n[A-Za-z0-9+/=\r\n]+-----END CERTIFICATE-----\s*$/.test(text))
    return "must be one certificate, PEM: the public half of the key that opens the backups";
  try {
    const { publicKey } = new X509Certificate(text);
    const { asymmetricKeyType: type = "", asymmetricKeyDetails: details } = publicKey;
    if (type === "ec") return undefined;
    if (type !== "rsa") return `has a key of the kind ${type}, to which nothing can be encrypted: RSA and elliptic curves can`;
    return (details?.modulusLength ?? 0) < 2048 ? "has an RSA key of less than 2048 bits" : undefined;
  } catch {
    return "is a certificate that cannot be read";
  }
}

/** A bucket, as S3 names them. */
export const bucket = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9.-]{1,61})[a-z0-9]$/, "must be the name of a bucket: 3 to 63 lower-case letters, digits, '.' and '-'");

/** What the names of objects begin with. */
export const objectPrefix = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/, "must be names of letters, digits, '.', '_' and '-', with single '/' between them");
