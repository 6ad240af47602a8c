import type { AuthKind } from "@bindings/AuthKind";
import type { Category } from "@bindings/Category";
import type { Status } from "@bindings/Status";

export const nav = {
  label: "Pages",
  connections: "Connections",
  flows: "Flows",
  connectors: "Connectors",
  activity: "Activity",
  settings: "Settings",
  attention: (n: number) => `${n} ${n === 1 ? "needs" : "need"} attention`,
};

export const rail = {
  product: "Patchbay",
  workspace: "Workspace: this device",
  readOnly: "Read-only",
  version: (version: string) => `Version ${version}`,
  vault: {
    ready: (store: string) => (store === "Passphrase file" ? "Passphrase file open" : "Keychain unlocked"),
    locked: "Keychain locked",
    missing: "Key missing",
    foreign_key: "Key of another workspace",
    store_changed: "Another keychain",
    no_keychain: "No keychain",
    passphrase_needed: "Passphrase needed",
  },
};

export const actions = {
  close: "Close",
  closePanel: "Close details",
  cancel: "Cancel",
  copy: "Copy",
  copied: "Copied",
  undo: "Undo",
  retry: "Try again",
  rename: "Rename",
  test: "Test",
  reauthorize: "Reauthorize",
  remove: "Delete",
  open: "Open",
  finish: "Finish signing in",
  save: "Save",
};

export const forms = {
  optional: "optional",
  required: (label: string) => `Fill in ${label.toLowerCase()}.`,
  showChoices: (label: string) => `Show choices for ${label.toLowerCase()}`,
  notCopied: "The clipboard could not be reached. Select the text and press Ctrl C.",
  nothingMatches: (typed: string) => `Nothing matches “${typed}”.`,
};

export const states = {
  loading: "Loading",
  stale: "This list could not be read anew.",
  /** The column of a table that holds buttons. */
  actions: "Actions",
};

export const status = {
  word(status: Status | "locked", reason: string | null): string {
    switch (status) {
      case "connected":
        return "Connected";
      case "reauthorize":
        return "Reauthorize";
      case "test_failed":
        return reason ? `Test failed: ${reason}` : "Test failed";
      case "finish_signing_in":
        return "Finish signing in";
      case "locked":
        return "Locked";
    }
  },
};

export const errors = {
  internal: "Patchbay could not do this because of a fault of its own.",
  providerSaid: "The provider said:",
};

export const toasts = {
  region: "Notices",
  dismiss: "Dismiss",
};

export const palette = {
  title: "Commands",
  search: "Find a command or a connection",
  none: (typed: string) => `Nothing is called “${typed}”.`,
  goTo: (page: string) => `Go to ${page}`,
  openConnection: "Open",
  groupCommands: "Commands",
  groupConnections: "Connections",
};

export const shortcuts = {
  title: "Keyboard shortcuts",
  groups: [
    {
      label: "Anywhere",
      keys: [
        ["Ctrl K", "Find a command or a connection"],
        ["n", "New connection"],
        ["/", "Search"],
        ["Ctrl Z", "Undo a deletion while its notice is shown"],
        ["Ctrl + / Ctrl −", "Larger or smaller text"],
        ["Ctrl 0", "Text of the usual size"],
        ["Esc", "Close what is open"],
        ["?", "Show this list"],
      ],
    },
    {
      label: "In a table",
      keys: [
        ["↑ ↓", "Go to another row"],
        ["Home End", "Go to the first or last row"],
        ["Page Up Page Down", "Go a page up or down"],
        ["Enter Space", "Open the row"],
        ["→ ←", "Go to the row's actions and back"],
        ["Shift F10", "Open the row's menu"],
      ],
    },
    {
      label: "On a connection",
      keys: [
        ["t", "Test"],
        ["r", "Reauthorize, or finish signing in"],
        ["F2", "Rename"],
        ["Del", "Delete"],
      ],
    },
  ],
} as const;

export const categories: Record<Category, string> = {
  identity: "Identity",
  mail_and_calendar: "Mail and calendar",
  documents: "Documents",
  chat: "Chat",
  developer: "Developer",
  cloud: "Cloud",
  security: "Security",
  support: "Support",
  projects: "Projects",
  sales: "Sales",
  marketing: "Marketing",
  people: "People",
  finance: "Finance",
  commerce: "Commerce",
  social: "Social",
  analytics: "Analytics",
  ai: "AI",
  any: "Any service",
  custom: "Custom",
};

export const kinds: Record<AuthKind, string> = {
  authorization_code: "OAuth 2.0 sign-in",
  client_credentials: "OAuth 2.0 client credentials",
  device_code: "OAuth 2.0 device code",
  jwt_bearer: "Service account",
  github_app: "GitHub App",
  api_key: "API key",
  bearer: "Bearer token",
  basic: "User name and password",
  aws_key_pair: "Access key pair",
  session_token: "Session token",
  none: "No authentication",
};
