/** What can be said of a field's value while it is typed. Rust checks again and has the last word. */
import type { Field } from "@bindings/Field";
import { text } from "./text/en";

const say = text.create.invalid;
const label = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
const host = new RegExp(`^${label}(?:\\.${label})+$`, "i");
const subdomain = new RegExp(`^${label}(?:\\.${label})*$`, "i");
const pathSegment = /^[A-Za-z0-9._-]+$/;
// eslint-style control characters: typed by nobody, pasted by accident.
const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

/** What is wrong with the value, or `undefined`. */
export function problem(field: Field, value: string): string | undefined {
  const typed = field.kind === "secret_text" ? value : value.trim();
  if (typed === "") return field.optional ? undefined : say.missing(field.label);
  if (control.test(typed)) return say.control;
  return kindProblem(field, typed) ?? patternProblem(field, typed);
}

function kindProblem(field: Field, value: string): string | undefined {
  switch (field.kind) {
    case "host":
      return hostProblem(value) ?? (host.test(value) ? undefined : say.host(field.example));
    case "subdomain":
      return subdomainProblem(field, value);
    case "path_segment":
      return pathSegment.test(value) && value !== "." && value !== ".." ? undefined : say.pathSegment(field.label);
    case "url":
      return urlProblem(value);
    case "choice":
      return field.choices?.some((choice) => choice.value === value) ? undefined : say.choice;
    case "text":
    case "secret":
      return /[\r\n]/.test(value) ? say.oneLine : undefined;
    case "secret_text":
      return undefined;
  }
}

function hostProblem(value: string): string | undefined {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(value)) return say.hostScheme;
  if (value.includes("/")) return say.hostPath;
  if (/:\d*$/.test(value)) return say.hostPort;
  if (value.includes("@")) return say.hostUser;
  return undefined;
}

function subdomainProblem(field: Field, value: string): string | undefined {
  if (field.suffix && value.toLowerCase().endsWith(field.suffix.toLowerCase())) return say.suffix(field.suffix);
  return hostProblem(value) ?? (subdomain.test(value) ? undefined : say.subdomain(field.example));
}

function urlProblem(value: string): string | undefined {
  let url: URL;
  try {
    url = new URL(value);
  } catch {
    return say.url;
  }
  if (url.protocol === "http:" && !isLoopback(url.hostname)) return say.urlHttp;
  if (url.protocol !== "https:" && url.protocol !== "http:") return say.url;
  if (url.username || url.password) return say.urlUser;
  if (url.hash) return say.urlFragment;
  return undefined;
}

function isLoopback(name: string): boolean {
  return name === "127.0.0.1" || name === "localhost" || name === "[::1]";
}

function patternProblem(field: Field, value: string): string | undefined {
  if (!field.pattern) return undefined;
  try {
    return new RegExp(`^(?:${field.pattern})$`, "u").test(value) ? undefined : say.pattern(field.label, field.example);
  } catch {
    // A pattern that only Rust understands is left to Rust.
    return undefined;
  }
}
