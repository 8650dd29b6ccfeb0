import { utils } from "ssh2";

/** An ed25519 pair in OpenSSH's form. ssh2 makes one in some hundreds that nobody can read: such a one is made again. */
export function ed25519Pair(): { readonly private: string; readonly public: string } {
  for (;;) {
    const made = utils.generateKeyPairSync("ed25519");
    if (!(utils.parseKey(made.private) instanceof Error)) return made;
  }
}
