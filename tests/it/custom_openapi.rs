//! Connectors from OpenAPI documents of the shapes people have.

use patchbay_core::Code;
use patchbay_core::connector::custom::{Draft, from_openapi};
use patchbay_core::connector::{AuthKind, Catalogue, FieldKind, PlacementTo};
use patchbay_core::error::Result;

fn draft(text: &str) -> Result<Draft> {
    from_openapi(
        &Catalogue::shipped(),
        text,
        Some("https://docs.example.com/api/openapi.json"),
    )
}

/// A document around some YAML.
fn yaml(rest: &str) -> Result<Draft> {
    draft(&format!(
        "openapi: 3.0.3\ninfo: {{ title: Acme Notes, version: '1' }}\n{rest}"
    ))
}

const PETS: &str = r##"
openapi: 3.0.3
info:
  title: Pets & Owners
  version: 1.0.0
externalDocs: { url: https://pets.example.com/docs }
servers:
  - url: https://{region}.api.pets.example.com/{version}
    variables:
      region: { default: eu, enum: [eu, us], description: Where your pets live }
      version: { default: v2 }
  - url: https://sandbox.pets.example.com
security:
  - pets_oauth: [pets.read]
components:
  securitySchemes:
    pets_oauth:
      type: oauth2
      description: Sign in as an owner
      flows:
        authorizationCode:
          authorizationUrl: https://id.pets.example.com/authorize
          tokenUrl: https://id.pets.example.com/token
          refreshUrl: https://id.pets.example.com/refresh
          scopes:
            pets.read: Read your pets
            pets.write: Change your pets
        clientCredentials:
          tokenUrl: /oauth/token
          scopes: { pets.read: Read your pets }
        implicit:
          authorizationUrl: https://id.pets.example.com/authorize
          scopes: {}
    api_key: { type: apiKey, in: header, name: X-Pets-Key }
    by_query: { type: apiKey, in: query, name: key }
    cookie: { type: apiKey, in: cookie, name: session }
    basic: { type: http, scheme: basic }
    token: { type: http, scheme: Bearer, bearerFormat: opaque }
    cert: { type: mutualTLS }
paths:
  /pets:
    get: { operationId: listPets, responses: { '200': { description: ok } } }
  /owners/{id}:
    get: { operationId: getOwner, responses: { '200': { description: ok } } }
  /me:
    parameters: [ { $ref: '#/components/parameters/Verbose' } ]
    get:
      operationId: getMe
      responses:
        '200':
          description: ok
          content:
            application/json:
              schema: { $ref: '#/components/schemas/Envelope' }
x-components: {}
"##;

fn pets() -> String {
    PETS.replace(
        "x-components: {}",
        "x-nothing: 1",
    )
    .replace(
        "components:\n  securitySchemes:",
        "components:\n  parameters:\n    Verbose: { name: verbose, in: query, required: false }\n  schemas:\n    Envelope: { type: object, properties: { data: { $ref: '#/components/schemas/Owner' } } }\n    Owner: { allOf: [ { type: object, properties: { id: { type: integer }, email: { type: [string, 'null'] } } } ] }\n  securitySchemes:",
    )
}

#[test]
fn a_whole_document_becomes_a_connector() {
    let draft = draft(&pets()).expect("it is sound");
    assert_eq!(draft.problems, [], "the same rules as the catalogue's hold");
    assert_eq!(draft.id, "pets-owners");
    let made = &draft.connector;
    assert_eq!(
        (made.name.as_str(), made.docs.api.as_deref()),
        ("Pets & Owners", Some("https://pets.example.com/docs"))
    );
    let kinds: Vec<(&str, AuthKind)> = made
        .auth
        .iter()
        .map(|method| (method.id.as_str(), method.kind))
        .collect();
    assert_eq!(
        kinds,
        [
            ("pets_oauth", AuthKind::AuthorizationCode),
            ("pets_oauth_client", AuthKind::ClientCredentials),
            ("api_key", AuthKind::ApiKey),
            ("by_query", AuthKind::ApiKey),
            ("basic", AuthKind::Basic),
            ("token", AuthKind::Bearer),
        ],
        "what the whole API asks for comes first; cookies, certificates and the implicit flow are left out"
    );
    let oauth = made.auth[0].oauth.as_ref().expect("it has one");
    assert_eq!(
        oauth.authorization_endpoint.as_deref(),
        Some("https://id.pets.example.com/authorize")
    );
    assert_eq!(
        oauth.refresh_endpoint.as_deref(),
        Some("https://id.pets.example.com/refresh")
    );
    let client = made.auth[1].oauth.as_ref().expect("it has one");
    assert_eq!(
        client.token_endpoint.as_deref(),
        Some("https://docs.example.com/oauth/token"),
        "relative to where the document came from"
    );
    let read = &made.scopes[0];
    assert_eq!(
        (read.value.as_str(), read.description.as_str(), read.default),
        ("pets.read", "Read your pets", true)
    );
    assert_eq!(read.methods, ["pets_oauth", "pets_oauth_client"]);
    assert!(
        !made.scopes[1].default,
        "only what the API asks for is a default"
    );
    assert_eq!(
        (
            made.auth[2].placement[0].to,
            made.auth[2].placement[0].name.as_str()
        ),
        (PlacementTo::Header, "X-Pets-Key")
    );
    assert_eq!(made.auth[3].placement[0].to, PlacementTo::Query);
}

#[test]
fn server_variables_become_fields() {
    let draft = draft(&pets()).expect("it is sound");
    let fields: Vec<_> = draft
        .connector
        .fields
        .iter()
        .map(|field| (field.key.as_str(), field.kind, field.default.as_deref()))
        .collect();
    assert_eq!(
        fields,
        [
            ("region", FieldKind::Choice, Some("eu")),
            ("version", FieldKind::PathSegment, Some("v2"))
        ]
    );
    assert_eq!(
        draft.connector.fields[0].help.as_deref(),
        Some("Where your pets live")
    );
    let hosts: Vec<&str> = draft.hosts.iter().map(|used| used.host.as_str()).collect();
    assert!(
        hosts.contains(&"eu.api.pets.example.com") && hosts.contains(&"us.api.pets.example.com"),
        "{hosts:?}"
    );
    assert!(
        draft
            .warnings
            .iter()
            .any(|warning| warning.contains("2 servers"))
    );
}

#[test]
fn a_call_that_says_who_one_is_becomes_the_test() {
    let draft = draft(&pets()).expect("it is sound");
    let test = draft.connector.test.expect("there is one");
    assert_eq!(
        test.url,
        "https://{region}.api.pets.example.com/{version}/me"
    );
    assert_eq!(
        (test.account_id.as_deref(), test.account_name.as_deref()),
        (Some("/data/id"), Some("/data/email"))
    );
    let without = |paths: &str| {
        yaml(&format!("servers: [{{ url: 'https://a.example.com' }}]\ncomponents: {{ securitySchemes: {{ k: {{ type: apiKey, in: header, name: K }} }} }}\npaths: {paths}"))
            .expect("it is sound")
            .connector
    };
    for paths in [
        "{}",
        "{ /pets: { get: {} } }",
        "{ '/me/{id}': { get: {} } }",
        "{ /me: { post: {} } }",
        "{ /me: { get: { security: [] } } }",
        "{ /me: { get: { deprecated: true } } }",
        "{ /me: { get: { parameters: [ { name: a, in: query, required: true } ] } } }",
        "{ /me: { get: { parameters: [ { $ref: 'other.yaml#/x' } ] } } }",
        "{ '/me?admin=1': { get: {} } }",
        "{ '//evil.example.org/me': { get: {} } }",
    ] {
        let made = without(paths);
        if paths.contains("evil") {
            assert!(
                made.test
                    .is_none_or(|test| test.url.starts_with("https://a.example.com/")),
                "{paths}"
            );
            continue;
        }
        assert!(
            made.test.is_none() && made.no_test_because.is_some(),
            "{paths}"
        );
    }
    assert_eq!(
        without("{ /v1/users/me: { get: {} } }")
            .test
            .expect("it is one")
            .url,
        "https://a.example.com/v1/users/me"
    );
    assert_eq!(
        without("{ /session: { get: { operationId: get-current-user } } }")
            .test
            .expect("it is one")
            .url,
        "https://a.example.com/session"
    );
}

#[test]
fn servers_of_every_shape_give_an_address() {
    let base = |server: &str| {
        let made = yaml(&format!("servers: [{server}]\ncomponents: {{ securitySchemes: {{ k: {{ type: http, scheme: bearer }} }} }}\npaths: {{ /me: {{ get: {{}} }} }}")).expect(server);
        assert_eq!(made.problems, [], "{server}");
        let fields: Vec<String> = made
            .connector
            .fields
            .iter()
            .map(|field| {
                format!(
                    "{}:{:?}={}",
                    field.key,
                    field.kind,
                    field.default.as_deref().unwrap_or("")
                )
            })
            .collect();
        (
            made.connector.test.expect("there is one").url,
            fields.join(" "),
        )
    };
    let own = |url: &str, fields: &str| (url.to_owned(), fields.to_owned());
    assert_eq!(
        base("{ url: 'https://api.example.com/v1/' }"),
        own("https://api.example.com/v1/me", "")
    );
    assert_eq!(
        base("{ url: /v2 }"),
        own("https://docs.example.com/v2/me", ""),
        "relative to the document"
    );
    assert_eq!(base(""), own("https://docs.example.com/me", ""));
    assert_eq!(
        base("{ url: 'http://api.example.com' }"),
        own("https://api.example.com/me", ""),
        "https all the same"
    );
    assert_eq!(
        base("{ url: 'http://127.0.0.1:4010/api' }"),
        own("{server}/me", "server:Url=http://127.0.0.1:4010/api")
    );
    assert_eq!(
        base(
            "{ url: 'https://{your-domain}/api', variables: { your-domain: { default: acme.example.com } } }"
        ),
        own(
            "https://{your_domain}/api/me",
            "your_domain:Host=acme.example.com"
        )
    );
    assert_eq!(
        base("{ url: 'https://{yourSite}.acme.com', variables: { yourSite: { default: demo } } }"),
        own(
            "https://{your_site}.acme.com/me",
            "your_site:Subdomain=demo"
        )
    );
    assert_eq!(
        base(
            "{ url: '{scheme}://api.example.com:{port}/', variables: { scheme: { default: http, enum: [http, https] }, port: { default: '443' } } }"
        ),
        own("https://api.example.com:443/me", "")
    );
    assert_eq!(
        base(
            "{ url: 'https://{a}.{b}.example.com', variables: { a: { default: x }, b: { default: y } } }"
        ),
        own("{server}/me", "server:Url=https://x.y.example.com"),
        "two typed parts can't be shown as one pattern"
    );
    assert_eq!(
        base("{ url: 'https://{host}', variables: { host: { default: 'evil.example.org/x?' } } }"),
        own("https://{host}/me", "host:Host="),
        "a default that isn't a host is dropped"
    );
}

#[test]
fn keys_that_count_together_are_one_method() {
    let made = yaml("servers: [{ url: 'https://a.example.com' }]\nsecurity: [ { apiKeyAuth: [], appKeyAuth: [] } ]\ncomponents: { securitySchemes: { apiKeyAuth: { type: apiKey, in: header, name: DD-API-KEY }, appKeyAuth: { type: apiKey, in: header, name: DD-APPLICATION-KEY } } }\npaths: {}").expect("it is sound");
    assert_eq!(made.problems, []);
    assert_eq!(made.connector.auth.len(), 1);
    let method = &made.connector.auth[0];
    let placed: Vec<_> = method
        .placement
        .iter()
        .map(|placement| (placement.name.as_str(), placement.value.as_str()))
        .collect();
    assert_eq!(
        placed,
        [
            ("DD-API-KEY", "{api_key_auth}"),
            ("DD-APPLICATION-KEY", "{app_key_auth}")
        ]
    );
}

#[test]
fn openapi_3_1_in_json_is_read_like_3_0_in_yaml() {
    let json = r##"{"openapi":"3.1.0","info":{"title":"T","version":"1"},"servers":[{"url":"https://a.example.com"}],
        "components":{"securitySchemes":{"alias":{"$ref":"#/components/securitySchemes/real"},"real":{"type":"openIdConnect","openIdConnectUrl":"https://id.example.com/.well-known/openid-configuration"}}},
        "paths":{"/userinfo":{"get":{"responses":{"200":{"content":{"application/json":{"schema":{"type":["object"],"properties":{"sub":{"type":"string"}}}}}}}}}}}"##;
    let made = draft(json).expect("it is sound");
    assert_eq!(made.problems, []);
    let oauth = made.connector.auth[0].oauth.as_ref().expect("it has one");
    assert_eq!(
        (oauth.issuer.as_deref(), oauth.discovery),
        (Some("https://id.example.com"), true)
    );
    assert_eq!(
        made.connector
            .test
            .expect("there is one")
            .account_id
            .as_deref(),
        Some("/sub")
    );
}

#[test]
fn what_is_no_openapi_3_document_is_refused_with_its_reason() {
    for (text, code) in [
        ("", Code::InvalidDefinition),
        ("{", Code::InvalidDefinition),
        ("a: b: c: [", Code::InvalidDefinition),
        ("[]", Code::InvalidDefinition),
        ("{\"swagger\":\"2.0\"}", Code::InvalidDefinition),
        ("openapi: 4.0.0", Code::InvalidDefinition),
        (
            "openapi: 3.0.0\ncomponents: { securitySchemes: { c: { type: apiKey, in: cookie, name: s } } }",
            Code::Unsupported,
        ),
        (
            "openapi: 3.0.0\ncomponents: { securitySchemes: { d: { type: http, scheme: digest } } }",
            Code::Unsupported,
        ),
        (
            "openapi: 3.0.0\ncomponents: { securitySchemes: { o: { type: oauth2, flows: { password: { tokenUrl: 'https://a.example.com/t' } } } } }",
            Code::Unsupported,
        ),
        (
            "openapi: 3.0.0\ncomponents: { securitySchemes: { x: 7 } }",
            Code::Unsupported,
        ),
    ] {
        let error = draft(text).expect_err(text);
        assert_eq!(error.code, code, "{text}: {error}");
    }
    let swagger = draft("swagger: '2.0'").expect_err("an old one");
    assert!(swagger.message.contains("Swagger 2") && swagger.hint.is_some());
}

#[test]
fn a_hostile_document_ends_and_says_nothing_of_its_own() {
    let laughs = "openapi: 3.0.0\na: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\ng: &g [*f,*f,*f,*f,*f,*f,*f,*f,*f,*f]\nh: [*g,*g,*g,*g,*g,*g,*g,*g,*g,*g]\n";
    assert!(
        draft(laughs).is_err(),
        "a document that grows when it is read is refused"
    );
    let deep = format!(
        "openapi: 3.0.0\nx: {}{}",
        "[".repeat(5000),
        "]".repeat(5000)
    );
    assert!(draft(&deep).is_err(), "depth is bounded");
    let deep = format!(
        "{{\"openapi\":\"3.0.0\",\"x\":{}{}}}",
        "[".repeat(5000),
        "]".repeat(5000)
    );
    assert!(draft(&deep).is_err(), "in JSON too");
    let looped = "openapi: 3.0.0\ncomponents: { securitySchemes: { a: { $ref: '#/components/securitySchemes/b' }, b: { $ref: '#/components/securitySchemes/a' } } }";
    assert!(
        draft(looped).is_err(),
        "references in a circle lead nowhere"
    );
    for bad in [
        "https://u:p@id.example.com/t",
        "http://id.example.com/t",
        "javascript:alert(1)",
        "https://id.example.com/{client_secret}",
        "https://id.example.com/ t",
        "file:///etc/passwd",
    ] {
        let text = format!(
            "servers: [{{ url: 'https://a.example.com' }}]\ncomponents: {{ securitySchemes: {{ o: {{ type: oauth2, flows: {{ clientCredentials: {{ tokenUrl: '{bad}', scopes: {{}} }} }} }} }} }}"
        );
        assert_eq!(yaml(&text).expect_err(bad).code, Code::Unsupported, "{bad}");
    }
    let turned = yaml("servers: [{ url: 'https://a.example.com' }]\ncomponents: { securitySchemes: { o: { type: oauth2, flows: { clientCredentials: { tokenUrl: 'https://a.example.com/t', scopes: { 'a b': x, ok: \"good\\u202e evil\", '': y } } } } } }\npaths: {}").expect("it is sound");
    let scopes: Vec<_> = turned
        .connector
        .scopes
        .iter()
        .map(|scope| (scope.value.as_str(), scope.description.as_str()))
        .collect();
    assert_eq!(
        scopes,
        [("ok", "good evil")],
        "scopes that can't be sent are left out, text is cleaned"
    );
    assert_eq!(turned.problems, []);
}
