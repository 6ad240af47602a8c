import type { AuthMethod } from "@bindings/AuthMethod";
import type { ConnectionDetail } from "@bindings/ConnectionDetail";
import type { ConnectionDraft } from "@bindings/ConnectionDraft";
import type { Connector } from "@bindings/Connector";
import type { Error as Failure } from "@bindings/Error";
import type { Field } from "@bindings/Field";
import type { ReauthorizeDraft } from "@bindings/ReauthorizeDraft";
import type { RedirectKind } from "@bindings/RedirectKind";
import type { RedirectView } from "@bindings/RedirectView";
import type { RegistrationChoice } from "@bindings/RegistrationChoice";
import type { RegistrationView } from "@bindings/RegistrationView";
import { SvelteMap, SvelteSet } from "svelte/reactivity";
import { problem } from "../../lib/fields";
import { onField } from "../../lib/sentence";
import { text } from "../../lib/text/en";
import { ScopePick } from "./scopePick.svelte";

export type Tab = "general" | "permissions";

const say = text.create;
const withClient = ["authorization_code", "client_credentials", "device_code"];
const withScopes = [...withClient, "jwt_bearer"];

/** How many characters core keeps. */
const limits = { name: 120, description: 500 };

/** What is typed for a connection to be made or reauthorised. It outlives every refusal; secrets don't outlive success. */
export class Draft {
  name = $state("");
  description = $state("");
  values = $state<Record<string, string>>({});
  methodId = $state("");
  registrations = $state.raw<readonly RegistrationView[]>([]);
  /** An id, `new`, `dynamic` or `document`. */
  registration = $state("new");
  registrationName = $state("");
  clientId = $state("");
  clientSecret = $state("");
  documentAddress = $state("https://");
  redirects = $state.raw<readonly RedirectView[]>([]);
  redirectKind = $state<RedirectKind | null>(null);
  pasteUri = $state("");
  scopes = $state.raw() as ScopePick;
  /** What the app refused, by field; gone when that field changes. */
  readonly refused = new SvelteMap<string, string>();
  /** Fields that were left once: only then does an empty one complain. */
  readonly touched = new SvelteSet<string>();
  /** What is wrong with no field in particular. */
  error = $state.raw<Failure | null>(null);

  readonly method = $derived.by<AuthMethod>(() => {
    const found = this.definition.auth.find((method) => method.id === this.methodId) ?? this.definition.auth[0];
    if (!found) throw new globalThis.Error(`${this.definition.name} has no authentication method`);
    return found;
  });
  readonly fields = $derived.by<readonly Field[]>(() => [
    ...(this.definition.fields ?? []),
    ...(this.method.fields ?? []),
  ]);
  readonly needsClient = $derived(withClient.includes(this.method.kind));
  readonly hasScopes = $derived(withScopes.includes(this.method.kind));
  readonly interactive = $derived(this.method.kind === "authorization_code" || this.method.kind === "device_code");
  /** A public client needs no secret. */
  readonly secretOptional = $derived(this.method.oauth?.client_auth.includes("none") ?? false);
  readonly redirect = $derived(
    this.redirects.find((redirect) => redirect.kind === this.redirectKind) ?? this.redirects[0] ?? null,
  );

  constructor(
    readonly connector: string,
    readonly definition: Connector,
    /** The connection to reauthorise; without it, a new one is made. */
    readonly existing: ConnectionDetail | null = null,
    /** Scopes that the cards need for which the connection is made, as in `CardView`. */
    private readonly needs: readonly (readonly string[])[] = [],
  ) {
    this.methodId = existing?.method ?? definition.auth[0]?.id ?? "";
    for (const field of [...(definition.fields ?? []), ...definition.auth.flatMap((method) => method.fields ?? [])]) {
      this.values[field.key] = this.#present(field) ?? field.default ?? "";
    }
    this.registrationName = say.registration.defaultName(definition.name);
    this.registration = existing?.registration?.id ?? "new";
    this.redirectKind = existing?.redirect?.kind ?? null;
    if (existing?.redirect?.kind === "paste") this.pasteUri = existing.redirect.uri;
    this.scopes = this.#pick();
  }

  chooseMethod(id: string): void {
    this.methodId = id;
    this.scopes = this.#pick();
    this.error = null;
  }

  #pick(): ScopePick {
    const scopes = this.existing?.scopes;
    const pick = new ScopePick(this.definition, this.methodId, scopes?.requested ?? null, scopes?.granted ?? null);
    if (this.hasScopes) pick.cover(this.needs, this.method.oauth?.manual_scopes ?? false);
    return pick;
  }

  /** Takes the registrations there are; the only one is chosen. */
  offer(registrations: readonly RegistrationView[]): void {
    this.registrations = registrations;
    if (!this.existing && this.registration === "new" && this.clientId === "") {
      this.registration = registrations[0]?.id ?? "new";
    }
  }

  /** What to say under a field: what the app refused, or what can be seen from here. */
  problemOf(key: string): string | undefined {
    return this.refused.get(key) ?? (this.touched.has(key) ? this.#seen(key) : this.#seenWhileTyping(key));
  }

  changed(key: string): void {
    this.refused.delete(key);
    if (key === "client_id" || key === "client_secret") this.refused.delete("registration");
  }

  /** Whether anything can be seen to be wrong; then every field says so. */
  check(): boolean {
    // What was refused is asked anew: what was wrong may lie outside the form and be mended there.
    this.refused.clear();
    for (const key of this.#keys()) this.touched.add(key);
    return this.#keys().every((key) => this.problemOf(key) === undefined);
  }

  /** Puts a refusal where it belongs. Says on which tab. */
  refuse(error: Failure): Tab {
    this.error = null;
    const field = error.field === "redirect_uri" ? "paste_uri" : error.field;
    if (field === "scopes") {
      this.scopes.notice = { text: onField(error), failed: true };
      return "permissions";
    }
    if (field && this.#keys().includes(field) && !error.provider_error) this.refused.set(field, onField(error));
    else if (field && this.#keys().includes(field)) {
      // What the provider said needs more room than a line under a field.
      this.refused.set(field, onField({ ...error, hint: undefined }));
      this.error = error;
    } else this.error = error;
    return "general";
  }

  /** The tab of the first problem. */
  readonly problemTab = $derived.by<Tab | null>(() =>
    this.refused.size > 0 ? "general" : this.scopes.notice?.failed ? "permissions" : null,
  );

  create(saveAnyway: boolean): ConnectionDraft {
    return {
      connector: this.connector,
      method: this.method.id,
      name: this.name,
      description: this.description,
      values: Object.fromEntries(this.fields.map(({ key }) => [key, this.values[key] ?? ""])),
      registration: this.#registrationChoice(),
      scopes: this.hasScopes ? this.scopes.choice() : { kind: "default" },
      redirect: this.method.kind === "authorization_code" ? this.redirectKind : null,
      paste_uri: this.pasteUri.trim() || null,
      save_anyway: saveAnyway,
    };
  }

  /** Only what differs from how the connection is. */
  reauthorize(saveAnyway: boolean): ReauthorizeDraft {
    const changed = this.fields.filter((field) => {
      const value = this.values[field.key] ?? "";
      return isSecret(field) ? value !== "" : value !== this.#present(field);
    });
    const choice = this.#registrationChoice();
    const same = choice.kind === "existing" && choice.id === this.existing?.registration?.id;
    return {
      values: Object.fromEntries(changed.map(({ key }) => [key, this.values[key] ?? ""])),
      registration: same ? { kind: "keep" } : choice,
      scopes: this.hasScopes ? this.scopes.choice() : { kind: "default" },
      redirect: this.redirectKind === this.existing?.redirect?.kind ? null : this.redirectKind,
      paste_uri: this.pasteUri.trim() || null,
      save_anyway: saveAnyway,
    };
  }

  /** Forgets every secret that was typed. */
  wipe(): void {
    for (const field of [...(this.definition.fields ?? []), ...this.definition.auth.flatMap((method) => method.fields ?? [])]) {
      if (isSecret(field)) this.values[field.key] = "";
    }
    this.clientSecret = "";
  }

  /** Whether an empty secret means "as it is". */
  keeps(field: Field): boolean {
    return isSecret(field) && (this.existing?.secrets.some(({ key, present }) => key === field.key && present) ?? false);
  }

  #registrationChoice(): RegistrationChoice {
    if (!this.needsClient) return { kind: "keep" };
    if (this.registration === "dynamic") return { kind: "dynamic" };
    if (this.registration === "document") {
      return { kind: "document", address: this.documentAddress.trim(), name: this.registrationName.trim() };
    }
    if (this.registration !== "new") return { kind: "existing", id: this.registration };
    return {
      kind: "new",
      name: this.registrationName.trim(),
      client_id: this.clientId.trim(),
      client_secret: this.clientSecret.trim() || null,
    };
  }

  #present(field: Field): string | undefined {
    return this.existing?.settings.find((setting) => setting.key === field.key)?.value;
  }

  #keys(): string[] {
    return [
      ...(this.existing ? [] : ["name", "description"]),
      ...this.fields.map(({ key }) => key),
      ...(this.needsClient ? ["registration"] : []),
      ...(this.needsClient && this.registration === "new" ? ["registration_name", "client_id", "client_secret"] : []),
      ...(this.needsClient && this.registration === "document" ? ["client_document"] : []),
      ...(this.redirect?.kind === "paste" ? ["paste_uri"] : []),
    ];
  }

  /** A wrong character shows at once; "fill this in" waits until the field is left. */
  #seenWhileTyping(key: string): string | undefined {
    const field = this.fields.find((candidate) => candidate.key === key);
    const value = field ? (this.values[key] ?? "") : key === "name" ? this.name : "";
    if (value === "" || (field && field.kind !== "choice" && field.pattern)) return undefined;
    if (field && (field.kind === "url" || field.kind === "host")) return undefined;
    return this.#seen(key);
  }

  #seen(key: string): string | undefined {
    const field = this.fields.find((candidate) => candidate.key === key);
    if (field) {
      if (this.keeps(field) && this.values[key] === "") return undefined;
      return problem(field, this.values[key] ?? "");
    }
    switch (key) {
      case "name":
        if (this.name.trim() === "") return say.invalid.nameEmpty;
        return [...this.name.trim()].length > limits.name ? say.invalid.nameLong : undefined;
      case "description":
        return [...this.description].length > limits.description ? say.invalid.descriptionLong : undefined;
      case "registration_name":
        return this.registrationName.trim() ? undefined : say.invalid.missing(say.registration.name);
      case "client_id":
        return this.clientId.trim() ? undefined : say.invalid.missing(say.registration.clientId);
      case "client_secret":
        return this.secretOptional || this.clientSecret.trim() ? undefined : say.invalid.missing(say.registration.clientSecret);
      case "client_document":
        return problem({ key, label: say.registration.documentAddress, kind: "url" }, this.documentAddress);
      case "paste_uri":
        if (this.redirect?.uri) return undefined;
        return problem({ key, label: say.redirect.pasteUri, kind: "url" }, this.pasteUri);
      default:
        return undefined;
    }
  }
}

export function isSecret(field: Field): boolean {
  return field.kind === "secret" || field.kind === "secret_text";
}
