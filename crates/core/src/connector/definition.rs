//! What a `connector.toml` may say. Parsed strictly: an unknown key is an error.
//!
//! Only shapes live here; the rules that join them (endpoint hosts, scopes, template fields) are in
//! [`super::validation`]. Addresses are [`Template`]s: literal text with `{field}` in it, where the fields are of the
//! kinds that can't leave their place (host, subdomain, path segment, choice, or a whole url).

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A service that connections can be made to. Its id is the name of its folder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export)]
pub struct Connector {
    pub name: String,
    pub category: Category,
    /// Other words people search it by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keywords: Vec<String>,
    #[serde(default)]
    pub quality: Quality,
    /// For maintainers and the curious: what was decided where sources disagree, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub notes: Option<String>,
    pub docs: Docs,
    /// By which keys other systems' exports name this connector.
    #[serde(default, skip_serializing_if = "FlowKeys::is_empty")]
    pub flow_keys: FlowKeys,
    /// Authentication methods, the preferred one first.
    pub auth: Vec<AuthMethod>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<Scope>,
    /// Fields every method asks for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
    /// The test request; a method may bring its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub test: Option<TestRequest>,
    /// Why there is no test request, for the person who looks for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub no_test_because: Option<String>,
    /// Cards whose needs are known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cards: Vec<CardNeeds>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quirks: Vec<Quirk>,
}

#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, TS,
)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Category {
    Identity,
    MailAndCalendar,
    Documents,
    Chat,
    Developer,
    Cloud,
    Security,
    Support,
    Projects,
    Sales,
    Marketing,
    People,
    Finance,
    Commerce,
    Social,
    Analytics,
    Ai,
    Any,
    Custom,
}

/// How sure the definition is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS, Default)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Quality {
    /// Two independent sources agree on endpoints and test request.
    Confirmed,
    /// One source: not yet confirmed with the provider.
    #[default]
    Unconfirmed,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export)]
pub struct Docs {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub api: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub oauth: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub scopes: Option<String>,
    /// Where the user creates a client registration, key or token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub credentials: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export)]
pub struct FlowKeys {
    /// Module keys of Okta Workflows exports (`okta`, `googledirectory`); a 32-hex suffix is ignored when matching.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub okta: Vec<String>,
    /// n8n credential types (`githubApi`, `githubOAuth2Api`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub n8n: Vec<String>,
    /// Node-RED configuration node types.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub node_red: Vec<String>,
}

impl FlowKeys {
    pub fn is_empty(&self) -> bool {
        self.okta.is_empty() && self.n8n.is_empty() && self.node_red.is_empty()
    }
}

/// One way to authenticate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export)]
pub struct AuthMethod {
    /// Unique in the connector, stable: connections refer to it. Lower case, digits, `_`.
    pub id: String,
    /// What the person chooses: "OAuth 2.0", "API token".
    pub label: String,
    pub kind: AuthKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub help: Option<String>,
    /// Fields only this method asks for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
    /// For the OAuth kinds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub oauth: Option<OAuth>,
    /// Where the credential goes on a request. OAuth kinds default to `Authorization: Bearer`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub placement: Vec<Placement>,
    /// For `basic`: templates over fields, by default `{username}` and `{password}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub basic: Option<Basic>,
    /// For `aws_key_pair`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub aws: Option<Aws>,
    /// For `session_token`: the request that exchanges the fields for a token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub session: Option<SessionExchange>,
    /// For `jwt_bearer` and `github_app`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub jwt: Option<JwtAssertion>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub test: Option<TestRequest>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum AuthKind {
    /// RFC 6749 4.1 with PKCE (RFC 7636).
    AuthorizationCode,
    /// RFC 6749 4.4.
    ClientCredentials,
    /// RFC 8628.
    DeviceCode,
    /// RFC 7523 2.1: a service account signs an assertion.
    JwtBearer,
    /// An app key signs a JWT, which buys an installation token.
    GithubApp,
    ApiKey,
    Bearer,
    /// RFC 7617.
    Basic,
    /// Requests signed with AWS Signature Version 4.
    AwsKeyPair,
    /// Fields are exchanged for a token that expires.
    SessionToken,
    None,
}

impl AuthKind {
    /// Whether tokens are obtained, expire and are renewed.
    pub fn has_tokens(self) -> bool {
        matches!(
            self,
            Self::AuthorizationCode
                | Self::ClientCredentials
                | Self::DeviceCode
                | Self::JwtBearer
                | Self::GithubApp
                | Self::SessionToken
        )
    }

    /// Whether a person signs in at the provider.
    pub fn is_interactive(self) -> bool {
        matches!(self, Self::AuthorizationCode | Self::DeviceCode)
    }
}

/// An address or header value with `{field}` in it.
pub type Template = String;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export)]
pub struct OAuth {
    /// The issuer, when the provider has one: `iss` in callbacks and ID tokens is compared with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub issuer: Option<Template>,
    /// Endpoints come from the issuer's metadata (RFC 8414, OpenID Discovery) when not given here.
    #[serde(default, skip_serializing_if = "is_false")]
    pub discovery: bool,
    /// The answer to the authorization request must carry `iss` (RFC 9207).
    #[serde(default, skip_serializing_if = "is_false")]
    pub iss_required: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub authorization_endpoint: Option<Template>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub token_endpoint: Option<Template>,
    /// Where it differs from the token endpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub refresh_endpoint: Option<Template>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub revocation: Option<Revocation>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub device_authorization_endpoint: Option<Template>,
    /// Dynamic client registration (RFC 7591).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub registration_endpoint: Option<Template>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub jwks_uri: Option<Template>,
    #[serde(default, skip_serializing_if = "Pkce::is_default")]
    pub pkce: Pkce,
    /// How the client authenticates at the token endpoint; the first is used.
    #[serde(default = "ClientAuth::default_list")]
    pub client_auth: Vec<ClientAuth>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub authorize_params: BTreeMap<String, Template>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub token_params: BTreeMap<String, Template>,
    #[serde(default, skip_serializing_if = "TokenBody::is_default")]
    pub token_body: TokenBody,
    #[serde(default, skip_serializing_if = "Separator::is_default")]
    pub scope_separator: Separator,
    /// The parameter scopes go into, when it isn't `scope` (Slack: `user_scope`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub scope_param: Option<String>,
    /// Whether a person may add scopes that aren't listed.
    #[serde(default, skip_serializing_if = "is_false")]
    pub manual_scopes: bool,
    /// Redirect kinds the provider accepts, the preferred one first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub redirect: Vec<Redirect>,
    #[serde(default, skip_serializing_if = "Refresh::is_default")]
    pub refresh: Refresh,
    /// RFC 8707, on the authorization, token and refresh request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub resource: Option<Template>,
    /// JSON pointer to the object that holds the token, when it isn't the answer itself (Slack: `/authed_user`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub token_at: Option<String>,
    /// Values kept from the callback or the token answer, usable as fields afterwards.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub capture: Vec<Capture>,
    /// The account, when the token answer or the ID token tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub account: Option<AccountFromToken>,
}

fn is_false(value: &bool) -> bool {
    !*value
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS, Default)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Pkce {
    /// S256 is sent. The default; servers that don't know it ignore it (RFC 6749 3.1).
    #[default]
    S256,
    /// The provider is known to refuse the parameters: not sent, and the console says so.
    Refused,
}

impl Pkce {
    fn is_default(&self) -> bool {
        *self == Self::S256
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ClientAuth {
    /// A public client: only `client_id` in the body.
    None,
    Basic,
    Post,
    PrivateKeyJwt,
}

impl ClientAuth {
    fn default_list() -> Vec<Self> {
        vec![Self::Post]
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS, Default)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum TokenBody {
    #[default]
    Form,
    Json,
}

impl TokenBody {
    fn is_default(&self) -> bool {
        *self == Self::Form
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS, Default)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Separator {
    #[default]
    Space,
    Comma,
    Plus,
}

impl Separator {
    fn is_default(&self) -> bool {
        *self == Self::Space
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Space => " ",
            Self::Comma => ",",
            Self::Plus => "+",
        }
    }
}

/// A way back from the browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[ts(export)]
pub enum Redirect {
    /// `dev.patchbay.desktop:/callback/<connector>`.
    DeepLink,
    /// `http://<host>:<port>/callback/<connector>`. No ports: any free port, which the provider must allow.
    Loopback {
        #[serde(default)]
        host: LoopbackHost,
        #[serde(default)]
        ports: Vec<u16>,
    },
    /// An address the user registered; the browser ends there and the person pastes where it ended.
    /// Without `uri` the person types the address that is registered.
    Paste {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        uri: Option<String>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS, Default)]
#[ts(export)]
pub enum LoopbackHost {
    #[default]
    #[serde(rename = "127.0.0.1")]
    Ip,
    #[serde(rename = "localhost")]
    Localhost,
}

/// What the provider wants and does at a refresh.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export)]
pub struct Refresh {
    /// Scopes without which no refresh token is issued (`offline_access`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<String>,
    /// The provider issues no refresh token at all: a missing one is no reason to warn.
    #[serde(default, skip_serializing_if = "is_false")]
    pub never: bool,
    /// `scope` is repeated on the refresh request.
    #[serde(default, skip_serializing_if = "is_false")]
    pub send_scope: bool,
    /// Each refresh answers with a new refresh token.
    #[serde(default, skip_serializing_if = "is_false")]
    pub rotates: bool,
    /// Seconds for which a used refresh token may be presented again.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub grace_seconds: u32,
    /// Seconds a refresh token lives, from the last use when `idle`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub lifetime_seconds: Option<u32>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub idle: bool,
    /// Seconds an access token lives where the answer doesn't say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub access_lifetime_seconds: Option<u32>,
}

impl Refresh {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

fn is_zero(value: &u32) -> bool {
    *value == 0
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export)]
pub struct Revocation {
    pub endpoint: Template,
    #[serde(default)]
    pub style: RevocationStyle,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS, Default)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum RevocationStyle {
    /// RFC 7009: POST `token` with client authentication.
    #[default]
    Rfc7009,
    /// POST `token` without client authentication (Google).
    TokenOnly,
    /// POST with the access token as bearer (Slack, Dropbox).
    Bearer,
    /// GitHub: DELETE with basic client authentication and a JSON body.
    GithubGrant,
}

/// A value kept from the callback or the token answer under a field's name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export)]
pub struct Capture {
    pub from: CaptureSource,
    /// Parameter name (callback) or JSON pointer (token answer).
    pub at: String,
    /// The field it becomes.
    pub field: String,
    pub kind: FieldKind,
    #[serde(default, skip_serializing_if = "is_false")]
    pub required: bool,
    /// For `url` and `host`: the hosts it may name; `*.` allows subdomains. Anything else is refused.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum CaptureSource {
    Callback,
    Token,
}

/// Where the token answer or the ID token names the account (JSON pointers).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export)]
pub struct AccountFromToken {
    #[serde(default)]
    pub source: AccountSource,
    pub id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub name: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS, Default)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum AccountSource {
    #[default]
    Token,
    IdToken,
}

/// Where a credential goes on a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export)]
pub struct Placement {
    pub to: PlacementTo,
    /// The header or parameter; a template where the person names it (`{header_name}`).
    pub name: Template,
    /// `{api_key}`, `Bearer {token}`. For token kinds the token is `{access_token}`.
    pub value: Template,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum PlacementTo {
    Header,
    Query,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export)]
pub struct Basic {
    pub username: Template,
    pub password: Template,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export)]
pub struct Aws {
    /// The signing name: `s3`, `lambda`, `sts`.
    pub service: String,
    /// Usually `{region}`.
    pub region: Template,
}

/// A request that turns fields into a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export)]
pub struct SessionExchange {
    pub method: RequestMethod,
    pub url: Template,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, Template>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub basic: Option<Basic>,
    #[serde(default)]
    pub body_format: TokenBody,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub body: BTreeMap<String, Template>,
    /// JSON pointer to the token in the answer.
    pub token: String,
    /// JSON pointer to seconds of life, when the answer says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub expires_in: Option<String>,
    /// Seconds of life where the answer doesn't say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub lifetime_seconds: Option<u32>,
}

/// How an assertion is made (RFC 7523) and what it is exchanged for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export)]
pub struct JwtAssertion {
    pub algorithm: JwtAlgorithm,
    /// The secret field that holds the PEM key, or the whole key file when `key_file` is set.
    pub key_field: String,
    /// The key field holds a JSON key file (`client_email`, `private_key`, `private_key_id`, `token_uri`).
    #[serde(default, skip_serializing_if = "is_false")]
    pub key_file: bool,
    /// Token endpoints a key file may name. Anything else is refused.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub token_uris: Vec<String>,
    pub issuer: Template,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub subject: Option<Template>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub audience: Option<Template>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub key_id: Option<Template>,
    /// Seconds; at most 3600.
    pub lifetime_seconds: u32,
    /// Further claims.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub claims: BTreeMap<String, Template>,
    /// Scopes go into the claim `scope` instead of the request.
    #[serde(default, skip_serializing_if = "is_false")]
    pub scope_claim: bool,
    /// For `github_app`: the address that gives an installation token for the JWT.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub exchange: Option<Template>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[ts(export)]
pub enum JwtAlgorithm {
    RS256,
    ES256,
    HS256,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export)]
pub struct Scope {
    pub value: String,
    /// What it allows, in plain words.
    pub description: String,
    /// Part of "Use default scopes".
    #[serde(default, skip_serializing_if = "is_false")]
    pub default: bool,
    /// Always requested; can't be cleared.
    #[serde(default, skip_serializing_if = "is_false")]
    pub required: bool,
    #[serde(default, skip_serializing_if = "Sensitivity::is_default")]
    pub sensitivity: Sensitivity,
    /// The methods it belongs to; none named: all OAuth methods.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub methods: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS, Default)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Sensitivity {
    #[default]
    Normal,
    /// The provider calls it sensitive, or it writes.
    Sensitive,
    /// The provider reviews apps that ask for it.
    Restricted,
    /// An administrator must consent.
    Admin,
}

impl Sensitivity {
    fn is_default(&self) -> bool {
        *self == Self::Normal
    }
}

/// Something the person fills in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export)]
pub struct Field {
    /// Lower case, digits, `_`; templates refer to it.
    pub key: String,
    pub label: String,
    pub kind: FieldKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub help: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub example: Option<String>,
    /// A regular expression the whole value must match (Rust `regex` syntax).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub pattern: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub default: Option<String>,
    /// For `choice`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
    /// Shown behind the input: `.okta.com`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub suffix: Option<String>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub optional: bool,
}

impl Field {
    pub fn is_secret(&self) -> bool {
        matches!(self.kind, FieldKind::Secret | FieldKind::SecretText)
    }
}

/// What a field holds decides where its value may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum FieldKind {
    /// One line. Never part of an address, except percent-encoded in a query value.
    Text,
    /// One secret line.
    Secret,
    /// Several secret lines: a PEM key, a key file.
    SecretText,
    Choice,
    /// A whole host name, without scheme, port or path: `acme.okta.com`.
    Host,
    /// One label or more in front of a fixed domain: `acme`.
    Subdomain,
    /// One path segment of letters, digits, `.`, `_`, `-`: a tenant id, an account id.
    PathSegment,
    /// A whole https address; stands alone in a template or at its start.
    Url,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export)]
pub struct Choice {
    pub value: String,
    pub label: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS, Default)]
#[serde(rename_all = "UPPERCASE")]
#[ts(export)]
pub enum RequestMethod {
    #[default]
    Get,
    Post,
    Put,
    Delete,
    Head,
}

/// A harmless call that shows whether the credential works and whose it is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export)]
pub struct TestRequest {
    #[serde(default)]
    pub method: RequestMethod,
    /// Where it is one optional `url` field and that is empty, there is nothing to test.
    pub url: Template,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, Template>,
    /// A JSON body, for GraphQL and RPC-like services.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub json: Option<String>,
    /// A form body (AWS query APIs).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub form: Option<String>,
    /// Statuses that mean success; none given: 200 to 299.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expect: Vec<u16>,
    /// JSON pointer that must be `true` in a good answer (Slack: `/ok`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub ok: Option<String>,
    /// JSON pointer to the provider's error word in a bad answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub error: Option<String>,
    /// JSON pointer (or XML element name, for XML answers) to the account's stable id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub account_id: Option<String>,
    /// The same for the name a person knows the account by. Several, separated by `|`: the first that is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub account_name: Option<String>,
    /// Header of the answer that lists the granted scopes (GitHub: `X-OAuth-Scopes`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub scopes_header: Option<String>,
}

/// A card (action) and the scopes it needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export)]
pub struct CardNeeds {
    /// The card's title as people see it.
    pub title: String,
    /// Method keys of exports (`removeUserFromGroup`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<String>,
    /// All of the outer list are needed; any one of an inner list will do ("A or B").
    pub scopes: Vec<Vec<String>>,
}

/// Departures from the standards, each with code and a test of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Quirk {
    /// Errors come with status 200 and an `error` member (GitHub).
    ErrorIn200,
    /// Errors come with status 200 and `ok: false` (Slack).
    OkFalse,
    /// `token_type` may be missing or unusual and is taken as bearer.
    TokenTypeFree,
    /// The token answer is form-encoded.
    FormAnswer,
    /// Granted scopes come separated by commas.
    CommaScopes,
    /// Refresh tokens of apps in test mode end after seven days (Google).
    TestModeSevenDays,
    /// Client ids go into a header of their own on API calls (Twitch).
    ClientIdHeader,
    /// The authorization server of the account comes in the callback (Zoho `accounts-server`).
    AccountsServer,
    /// The site is looked up after sign-in (Atlassian `cloudid`).
    AtlassianCloudId,
    /// The tenant is looked up after sign-in (Xero).
    XeroTenant,
    /// The client id parameter has another name (TikTok `client_key`).
    ClientKeyParameter,
}
