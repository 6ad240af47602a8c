//! An MCP server on this machine that an authorization server guards: it answers `initialize` to whoever brings a token,
//! and tells everybody else where to sign in (RFC 9728).

use serde_json::{Value, json};

use crate::scripted::{Answer, Scripted, Seen};

/// Starts one whose tokens come from `issuer`. `takes` says whether a token is good for this server, as which it is
/// named.
pub async fn start(
    issuer: &str,
    takes: impl Fn(&str, &str) -> bool + Send + Sync + 'static,
) -> Scripted {
    let issuer = issuer.to_owned();
    Scripted::start(move |seen| answer(seen, &issuer, &takes)).await
}

fn answer(seen: &Seen, issuer: &str, takes: &(dyn Fn(&str, &str) -> bool + Send + Sync)) -> Answer {
    let resource = format!("{}/mcp", seen.base);
    let metadata = format!("{}/.well-known/oauth-protected-resource/mcp", seen.base);
    match seen.path.as_str() {
        "/.well-known/oauth-protected-resource/mcp" => Answer::json(
            200,
            &json!({
                "resource": resource,
                "resource_name": "Weather tools",
                "authorization_servers": [issuer],
                "scopes_supported": ["api:read"],
                "bearer_methods_supported": ["header"],
            }),
        ),
        "/mcp" => {
            let token = seen
                .header("authorization")
                .and_then(|value| value.strip_prefix("Bearer "));
            match token.is_some_and(|token| takes(token, &resource)) {
                true => initialized(seen),
                false => Answer::json(401, &json!({"error": "invalid_token"})).header(
                    "www-authenticate",
                    &format!("Bearer resource_metadata=\"{metadata}\", scope=\"api:read\""),
                ),
            }
        }
        _ => Answer::new(404, ""),
    }
}

fn initialized(seen: &Seen) -> Answer {
    let asked: Value = serde_json::from_slice(&seen.body).unwrap_or_default();
    match asked["method"].as_str() {
        Some("initialize") => Answer::json(
            200,
            &json!({
                "jsonrpc": "2.0",
                "id": asked["id"],
                "result": {
                    "protocolVersion": asked["params"]["protocolVersion"],
                    "capabilities": {"tools": {}},
                    "serverInfo": {"name": "weather", "version": "1"},
                },
            }),
        ),
        _ => Answer::json(
            200,
            &json!({"jsonrpc": "2.0", "id": asked["id"], "error": {"code": -32601, "message": "Method not found"}}),
        ),
    }
}
