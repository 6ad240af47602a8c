//! One way to authenticate, and where its credential goes on a request.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Field, JwtAssertion, OAuth, SessionExchange, Template, TestRequest};

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
