import type { LinkHandler } from "@bindings/LinkHandler";

export const settings = {
  title: "Settings",
  vault: {
    title: "Keychain",
    state: "State",
    store: "Key kept in",
    unknownStore: "Not known",
    explain:
      "The keychain holds one item: the key of this workspace. Secrets are sealed to it and lie in the workspace's own file. This window can set them, but never read them.",
    unlock: "Unlock",
    states: {
      ready: "Open",
      locked: "Locked",
      missing: "Key missing",
      foreign_key: "Key of another workspace",
      store_changed: "Another keychain than before",
      no_keychain: "No keychain answers",
      passphrase_needed: "Passphrase needed",
    },
  },
  links: {
    title: "The way back from the browser",
    explain: "After signing in, the browser opens a link that begins with dev.patchbay.desktop: and the system hands it to Patchbay.",
    states: {
      ours: "Links come to this Patchbay.",
      missing: "No program takes these links yet. Sign-in uses a local address instead.",
      foreign: "Another program takes these links. Sign-in uses a local address instead.",
      unknown: "This system does not say who takes these links.",
    } satisfies Record<LinkHandler, string>,
    takeOver: "Send links to Patchbay",
    taken: "Links come to Patchbay now",
    notTaken: "The system did not accept it",
  },
  appearance: {
    title: "Appearance",
    explain: "Light or dark follows the system, and so do high contrast and reduced motion.",
    size: "Text size",
    percent: (percent: number) => `${percent} %`,
    larger: "Larger text",
    smaller: "Smaller text",
    usual: "Usual size",
  },
  keyboard: {
    title: "Keyboard",
    explain: "Everything here can be done without a mouse.",
  },
  data: {
    title: "Data",
    location: "Location",
    readOnly:
      "This workspace can only be read: its database can't be written to. Make its folder and files writable for you, then start Patchbay again.",
    connections: "Connections",
    version: "Version",
  },
};
