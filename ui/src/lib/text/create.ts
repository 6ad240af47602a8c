import { names } from "./plural";

const scopes = (list: readonly string[]) => names(list);

export const create = {
  selector: {
    title: "New connection",
    search: (n: number) => (n === 0 ? "Search connectors" : `Search ${n.toLocaleString("en")} connectors`),
    categories: "Categories",
    all: "All",
    grid: "Connectors",
    none: (typed: string) => `No connector matches “${typed}”.`,
    noneHint: "Connect it through one of these, if it speaks OAuth 2.0 or takes a key.",
    failed: "The connectors could not be read",
  },
  title: (connector: string) => `New ${connector} connection`,
  reauthorizeTitle: (name: string) => `Reauthorize ${name}`,
  tabs: { label: "Parts of the connection", general: "General", permissions: "Permissions" },
  wrongTab: "Has a problem",
  submit: "Create",
  submitReauthorize: "Reauthorize",
  name: "Name",
  description: "Description",
  method: "Authentication",
  unconfirmed: "The details of this connector are not yet confirmed with the provider.",
  unchanged: "Unchanged",
  keepSecret: "Leave empty to keep the present one.",
  registration: {
    label: "Registration",
    help: (connector: string) =>
      `The OAuth app at ${connector} that Patchbay signs in through. One serves many connections.`,
    choose: "Choose a registration",
    fresh: "New registration…",
    dynamic: "Register at the server by itself",
    document: "A document that you host",
    documentHelp: "The server reads who Patchbay is at an address of yours, instead of registering it. Nothing in the document is secret.",
    documentAddress: "Address of your document",
    documentAddressHelp: "An https address with a path, such as https://example.com/patchbay.json. It becomes the client ID.",
    documentText: "What to host there",
    documentTextHelp: "Exactly this, as application/json. Patchbay reads it before it signs in.",
    documentCopy: "Copy the document",
    connections: (n: number) => (n === 1 ? "1 connection" : `${n} connections`),
    name: "Registration name",
    nameHelp: "Only for you, to find it again.",
    defaultName: (connector: string) => `${connector} app`,
    clientId: "Client ID",
    clientSecret: "Client secret",
    secretOptional: "Leave empty if the provider gave none.",
  },
  redirect: {
    label: (connector: string) => `Callback address to register at ${connector}`,
    open: (connector: string) => `Open ${connector}'s page for it`,
    way: "The browser comes back by",
    ways: {
      deep_link: "A link to Patchbay",
      loopback: "A local address",
      paste: "Pasting the address",
    },
    linksForeign: "Another program on this computer takes Patchbay's links",
    linksMissing: "No program on this computer takes Patchbay's links",
    /** Ends a sentence that says why links don't arrive. */
    instead: {
      deep_link: ".",
      loopback: ", so the browser comes back by a local address.",
      paste: ", so the address is pasted by hand.",
    },
    stranded: ": the browser won't come back by itself.",
    pasteUri: "Redirect address",
    pasteUriHelp: "The https address that is registered at the provider. You paste what the browser shows after signing in.",
    copy: "Copy",
    copied: "Copied",
  },
  credentials: (connector: string) => `Open ${connector}'s page for credentials`,
  notes: {
    browser: (connector: string) => `Opens your browser to sign in to ${connector}.`,
    device: (connector: string) => `Shows a code to type at ${connector}.`,
    test: (connector: string) => `Tries it at ${connector}, then saves it.`,
    save: "Saves it on this device.",
  },
  saveAnyway: "Save anyway",
  permissions: {
    defaults: "Use default scopes",
    keep: "Keep the present scopes",
    custom: "Customize scopes (advanced)",
    none: "none",
    find: "Find a scope",
    list: "Scopes",
    nothing: (typed: string) => `No scope matches “${typed}”.`,
    required: "Required",
    manual: "Added by hand",
    remove: (scope: string) => `Remove ${scope}`,
    sensitivity: { sensitive: "Sensitive", restricted: "Restricted by the provider", admin: "Needs an administrator" },
    manualLabel: "Manually add scopes",
    manualHelp: "One name, or several separated by spaces or commas.",
    add: "Add",
    added: (list: readonly string[]) => `Added ${scopes(list)}.`,
    duplicates: (list: readonly string[]) => `${scopes(list)} ${list.length === 1 ? "is" : "are"} already in the list.`,
    malformed: (list: readonly string[]) =>
      `${scopes(list)} can't be a scope: only visible ASCII characters, without quotes and backslashes.`,
    empty: "Type at least one scope.",
    notSupported: (connector: string) => `${connector} takes only the scopes listed here.`,
    extend:
      "To use another one, save this connector's definition as a custom connector, add the scope to its list, and connect through that.",
    chosen: (n: number) => (n === 1 ? "1 scope chosen" : `${n} scopes chosen`),
    docs: (connector: string) => `Read about ${connector}'s scopes`,
    noScopes: (connector: string) => `${connector} has no scopes to choose: what this connection may do is set at the provider.`,
  },
  invalid: {
    missing: (label: string) => `Fill in the ${lower(label)}.`,
    control: "This has characters in it that can't be seen. Type it again.",
    oneLine: "This must be one line.",
    host: (example?: string) => `This is not a host name.${like(example)}`,
    hostScheme: "Only the host name, without https:// in front.",
    hostPath: "Only the host name, without a path behind it.",
    hostPort: "Only the host name, without a port.",
    hostUser: "Only the host name, without a user name.",
    suffix: (suffix: string) => `Leave out ${suffix}: it is added by itself.`,
    subdomain: (example?: string) => `Only letters, digits and hyphens.${like(example)}`,
    pathSegment: (label: string) => `The ${lower(label)} has only letters, digits, dots, hyphens and underscores.`,
    url: "This is not an address. It begins with https://.",
    urlHttp: "This address is not encrypted. Use https://.",
    urlUser: "Leave the user name and password out of the address.",
    urlFragment: "Leave out the part after #.",
    choice: "Choose one from the list.",
    pattern: (label: string, example?: string) => `This doesn't look like ${article(label)}.${like(example)}`,
    nameEmpty: "Give the connection a name.",
    nameLong: "A name has at most 120 characters.",
    descriptionLong: "A description has at most 500 characters.",
  },
};

function like(example?: string): string {
  return example ? ` Example: ${example}` : "";
}

/** In the middle of a sentence, but "API token" stays as it is. */
function lower(label: string): string {
  return /^[A-Z][a-z]/.test(label) ? label[0]!.toLowerCase() + label.slice(1) : label;
}

function article(label: string): string {
  return `${/^[aeiou]/i.test(label) ? "an" : "a"} ${lower(label)}`;
}
