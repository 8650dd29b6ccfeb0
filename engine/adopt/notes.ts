import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { join } from "node:path";
import { appendLine, namesIn, readIfThere } from "../../host/files";

/** What became of one resource whose record was lost. */
export type Outcome =
  /** It is there. */
  | "found"
  /** A generated value, read back from where it is used. */
  | "known"
  /** The cloud tells of it only by refusing to make it again, or it is done again: the next `up` sees to it. */
  | "left"
  /** A generated value that is nowhere: another one has been made in its place. */
  | "lost"
  /** The cloud says that it is not there. */
  | "missing"
  /** Several things could be it. */
  | "several"
  /** What is there bears the marks of another environment. */
  | "foreign"
  /** Nobody but a person can tell. */
  | "unasked";

/** What was found out about one resource. */
export interface Finding {
  readonly urn: string;
  readonly type: string;
  readonly outcome: Outcome;
  readonly id?: string;
  /** Why, or where from; never a secret. */
  readonly reason?: string;
  /** A person has told the id. */
  readonly told?: boolean;
}

/** What those who look for resources tell each other and whoever has started them. Values are secret. */
export type Note =
  | ({ readonly kind: "finding" } & Finding)
  /** What was generated in place of a value that is not known, by output: where it is meant to be, the real one may be. */
  | { readonly kind: "made"; readonly urn: string; readonly values: Readonly<Record<string, string>> }
  | { readonly kind: "value"; readonly urn: string; readonly output: string; readonly value: string; readonly from: string };

const NONCE = 12;
const TAG = 16;

/** Notes in files of a folder, one for each process that writes, encrypted by a key that is in no file. */
export class Notes {
  constructor(
    private readonly folder: string,
    private readonly key: Buffer,
    private readonly own: string,
  ) {}

  add(note: Note): void {
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv("aes-256-gcm", this.key, nonce);
    const sealed = Buffer.concat([nonce, cipher.update(JSON.stringify(note), "utf8"), cipher.final(), cipher.getAuthTag()]);
    appendLine(join(this.folder, `${this.own}.notes`), sealed.toString("base64"));
  }

  all(): Note[] {
    return namesIn(this.folder)
      .filter((name) => name.endsWith(".notes"))
      .flatMap((name) => (readIfThere(join(this.folder, name)) ?? "").split("\n").slice(0, -1))
      .map((line) => this.opened(line));
  }

  private opened(line: string): Note {
    const sealed = Buffer.from(line, "base64");
    const decipher = createDecipheriv("aes-256-gcm", this.key, sealed.subarray(0, NONCE));
    decipher.setAuthTag(sealed.subarray(-TAG));
    return JSON.parse(Buffer.concat([decipher.update(sealed.subarray(NONCE, -TAG)), decipher.final()]).toString("utf8"));
  }
}
