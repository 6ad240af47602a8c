import type { AuthKind } from "@bindings/AuthKind";
import type { AuthMethod } from "@bindings/AuthMethod";
import type { Field } from "@bindings/Field";
import type { JwtAlgorithm } from "@bindings/JwtAlgorithm";
import type { PlacementTo } from "@bindings/PlacementTo";
import type { TokenBody } from "@bindings/TokenBody";

/** The kinds that a few fields describe whole. A GitHub App is made for GitHub, which the catalogue has. */
export const handKinds = [
  "authorization_code",
  "client_credentials",
  "device_code",
  "api_key",
  "bearer",
  "basic",
  "session_token",
  "jwt_bearer",
  "aws_key_pair",
  "none",
] as const satisfies readonly AuthKind[];
export type HandKind = (typeof handKinds)[number];
export const handAlgorithms: readonly JwtAlgorithm[] = ["RS256", "ES256", "HS256"];

/** What was typed for the one way to authenticate. */
export type HandMethod = {
  kind: HandKind;
  authorization: string;
  token: string;
  device: string;
  place: PlacementTo;
  placeName: string;
  placeValue: string;
  exchange: string;
  exchangeBody: string;
  exchangeFormat: TokenBody;
  tokenAt: string;
  lifetime: string;
  algorithm: JwtAlgorithm;
  audience: string;
  service: string;
  region: string;
};

const login: Field[] = [
  { key: "username", label: "User name", kind: "text" },
  { key: "password", label: "Password", kind: "secret" },
];
const keyPair: Field[] = [
  { key: "access_key_id", label: "Access key id", kind: "text" },
  { key: "secret_access_key", label: "Secret access key", kind: "secret" },
  { key: "session_token", label: "Session token", kind: "secret", optional: true },
];
const signing: Field[] = [
  { key: "issuer", label: "Issuer", kind: "text" },
  { key: "private_key", label: "Private key", kind: "secret_text" },
];

/** The parts of a method that its kind needs. */
export function methodParts(form: HandMethod): Partial<AuthMethod> {
  switch (form.kind) {
    case "authorization_code":
      return {
        oauth: {
          authorization_endpoint: typed(form.authorization),
          token_endpoint: typed(form.token),
          client_auth: ["basic", "post", "none"],
          manual_scopes: true,
          redirect: [{ kind: "deep_link" }, { kind: "loopback", host: "127.0.0.1", ports: [] }, { kind: "paste" }],
        },
      };
    case "client_credentials":
      return { oauth: { token_endpoint: typed(form.token), client_auth: ["basic", "post"], manual_scopes: true } };
    case "device_code":
      return {
        oauth: {
          device_authorization_endpoint: typed(form.device),
          token_endpoint: typed(form.token),
          client_auth: ["none", "basic", "post"],
          manual_scopes: true,
        },
      };
    case "api_key":
      return {
        fields: [{ key: "api_key", label: "API key", kind: "secret" }],
        placement: [{ to: form.place, name: form.placeName.trim(), value: form.placeValue.trim() }],
      };
    case "bearer":
      return { fields: [{ key: "token", label: "Token", kind: "secret" }] };
    case "basic":
      return { fields: login };
    case "session_token":
      return {
        fields: login,
        session: {
          method: "POST",
          url: form.exchange.trim(),
          body_format: form.exchangeFormat,
          body: readPairs(form.exchangeBody),
          token: form.tokenAt.trim(),
          lifetime_seconds: seconds(form.lifetime),
        },
      };
    case "jwt_bearer":
      return {
        fields: signing,
        oauth: { token_endpoint: typed(form.token), client_auth: ["none"], manual_scopes: true, refresh: { never: true } },
        jwt: {
          algorithm: form.algorithm,
          key_field: "private_key",
          issuer: "{issuer}",
          audience: form.audience.trim() || undefined,
          lifetime_seconds: 3600,
        },
      };
    case "aws_key_pair":
      return { fields: keyPair, aws: { service: form.service.trim(), region: form.region.trim() } };
    case "none":
      return {};
  }
}

/** One parameter a line: its name, an equals sign, its value. */
export function readPairs(lines: string): Record<string, string> {
  const pairs = lines
    .split("\n")
    .filter((line) => line.trim())
    .map((line) => {
      const at = line.indexOf("=");
      return at < 0 ? [line.trim(), ""] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
    });
  return Object.fromEntries(pairs) as Record<string, string>;
}

/** What stands in an address field, or nothing when it is only the beginning that was given. */
export function typed(address: string): string | undefined {
  const value = address.trim();
  return value === "" || value === "https://" ? undefined : value;
}

function seconds(text: string): number | undefined {
  const number = Number.parseInt(text, 10);
  return Number.isFinite(number) ? number : undefined;
}
