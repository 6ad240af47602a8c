import type { VaultState } from "@bindings/VaultState";
import { count } from "./plural";

type Shut = Exclude<VaultState, "ready" | "locked">;

/** How to get a keychain, on the system that the page runs on. */
function startOne(system: string): string {
  if (system.includes("Mac OS X")) return "Open Keychain Access, unlock or make a login keychain, and look again.";
  if (system.includes("Windows"))
    return "Sign in at this computer itself, see that Credential Manager runs, and look again.";
  return "Start a Secret Service such as GNOME Keyring, KWallet or KeePassXC, and look again.";
}

export const vault = {
  titles: {
    missing: "This workspace's key is not in the keychain",
    foreign_key: "The keychain holds the key of another workspace",
    store_changed: "This is another keychain than before",
    no_keychain: "This computer has no keychain that answers",
    passphrase_needed: "Enter the workspace's passphrase",
  } satisfies Record<Shut, string>,
  bodies: {
    missing:
      "Every secret is sealed to one key, kept in your keychain as dev.patchbay.desktop. It was removed from there. Put it back, or recover with the passphrase you made.",
    foreign_key:
      "The keychain item dev.patchbay.desktop belongs to another workspace, so the secrets here can't be opened with it. Put this workspace's own item back, or recover with the passphrase you made.",
    store_changed:
      "The key was kept in another keychain, and it is not in this one. Start with the keychain you used before, or recover with the passphrase you made.",
    no_keychain:
      "Patchbay keeps one key in your keychain and seals every secret to it. " +
      startOne(globalThis.navigator?.userAgent ?? ""),
    passphrase_needed: "The key of this workspace lies in a file that only your passphrase opens.",
  } satisfies Record<Shut, string>,
  noRecovery:
    "No recovery passphrase was made: until the key is back, no secret of this workspace can be opened. Names, settings and activity are kept.",
  startOver: {
    offer: "If the key won't come back, the workspace can go on with a new one, without the secrets it has now.",
    button: "Start over with a new key…",
    title: "Give up all stored secrets?",
    lost: (connections: number) =>
      `Lost for good: the tokens, keys and passwords of ${count(connections, "connection")}, and the secrets of all client registrations.`,
    stays: "Kept: names, settings, flows, their bindings, and activity.",
    after: "Every connection then has to be reauthorized, one by one.",
    copy: "The database as it is now is kept beside the new one: should the old key turn up, that copy can be put back in its place.",
    submit: "Give up the secrets",
    done: (copy: string) => `The workspace has a new key. The database as it was: ${copy}`,
  },
  lookAgain: "Look again",
  passphrase: "Passphrase",
  recoveryPassphrase: "Recovery passphrase",
  recover: "Recover",
  open: "Open",
  instead: {
    title: "Or use a passphrase file",
    body: "Without a keychain the key can lie in a file next to the workspace, sealed with a passphrase that you enter at every start. Nobody can open it without the passphrase, you neither.",
    first: "Passphrase",
    firstHelp: "At least 12 characters. A sentence is easier to keep than a riddle.",
    second: "Passphrase again",
    short: "At least 12 characters.",
    differs: "The two are not the same.",
    submit: "Create the passphrase file",
  },
  into: {
    title: "Or recover into a passphrase file",
    body: "With the recovery passphrase the key can be put into a file of its own, sealed with a passphrase that you enter at every start.",
  },
  recovery: {
    title: "Recovery passphrase",
    none: "None was made. If the keychain loses the key, every connection has to be reauthorized.",
    there: "There is one. It opens the workspace when the keychain has lost the key.",
    create: "Create a recovery passphrase",
    replace: "Replace it",
    submit: "Save",
    body: "Write it down and keep it apart from this computer. Patchbay can't show it again.",
    saved: "The recovery passphrase was saved",
  },
  closed: {
    title: "The workspace could not be opened",
    path: "It is in",
    restore: "Restore the newest backup",
    restored: "The backup was restored. The damaged file was kept beside it.",
  },
};
