//! n8n workflows: one object, a list of them, or an answer of n8n's API (`{"data": […]}`).
//!
//! A node's `credentials` say type → id and name; each is a card. Nodes that need a credential and have none can't be
//! told from nodes that need none, except HTTP requests, which name the credential's type.

use super::json::{Document, Kind, Node};
use super::{Format, Problem, ProblemKind, ReadCall, ReadCard, ReadFlow, ReadSource, Trigger};

/// Most workflows inside workflows (as text in a node) that are followed.
const MAX_INLINE: usize = 3;

pub(super) fn is_export(root: Node<'_>) -> bool {
    !workflows(root).is_empty()
}

fn is_workflow(node: Node<'_>) -> bool {
    node.is_object()
        && node.get("nodes").is_some_and(Node::is_array)
        && (node.get("connections").is_some_and(Node::is_object)
            || node.get("nodes").is_some_and(|nodes| {
                nodes
                    .children()
                    .any(|node| node.get("typeVersion").is_some())
            }))
}

/// The workflows of a file, in every shape that n8n gives them out.
fn workflows(root: Node<'_>) -> Vec<Node<'_>> {
    let of_list = |list: Node<'_>| -> bool {
        list.is_array() && list.children().any(|item| unwrap(item).is_some())
    };
    if let Some(workflow) = unwrap(root) {
        return vec![workflow];
    }
    let list = [Some(root), root.get("data"), root.get("workflows")]
        .into_iter()
        .flatten()
        .find(|list| of_list(*list));
    list.map(|list| list.children().filter_map(unwrap).collect())
        .unwrap_or_default()
}

fn unwrap(node: Node<'_>) -> Option<Node<'_>> {
    [Some(node), node.get("workflow"), node.get("data")]
        .into_iter()
        .flatten()
        .find(|candidate| is_workflow(*candidate))
}

pub(super) fn read(path: &str, root: Node<'_>) -> ReadSource {
    let mut source = ReadSource {
        format: Some(Format::N8n),
        ..ReadSource::default()
    };
    for workflow in workflows(root) {
        let mut flow = ReadFlow {
            file_id: id_of(workflow.get("id")),
            name: workflow
                .text("name")
                .unwrap_or_else(|| "Untitled workflow".to_owned()),
            description: workflow
                .text("description")
                .or_else(|| {
                    workflow
                        .get("meta")
                        .and_then(|meta| meta.text("description"))
                })
                .unwrap_or_default(),
            folder: workflow
                .get("parentFolder")
                .and_then(|folder| folder.text("name"))
                .into_iter()
                .collect(),
            ..ReadFlow::default()
        };
        let mut reading = Reading {
            flow: &mut flow,
            wrong: Vec::new(),
        };
        reading.workflow(workflow, None, 0);
        for reason in reading.wrong {
            source.problems.push(Problem {
                path: path.to_owned(),
                kind: ProblemKind::Inconsistent,
                reason,
            });
        }
        source.flows.push(flow);
    }
    source
}

struct Reading<'f> {
    flow: &'f mut ReadFlow,
    wrong: Vec<String>,
}

impl Reading<'_> {
    fn workflow(&mut self, workflow: Node<'_>, nested: Option<&str>, depth: usize) {
        let nodes = workflow.get("nodes").into_iter().flat_map(Node::children);
        for node in nodes.filter(|node| node.is_object()) {
            self.node(node, nested, depth);
        }
        if let Some(id) = workflow
            .get("settings")
            .and_then(|settings| settings.text("errorWorkflow"))
        {
            self.flow.calls.push(ReadCall {
                file_id: Some(id),
                name: None,
                card: "Error workflow".to_owned(),
            });
        }
    }

    fn node(&mut self, node: Node<'_>, nested: Option<&str>, depth: usize) {
        let kind = node.text("type").unwrap_or_default();
        let title = node.text("name").unwrap_or_else(|| kind.clone());
        let id = id_of(node.get("id")).unwrap_or_else(|| title.clone());
        self.flow.step_ids.push(id.clone());
        if nested.is_none() {
            self.trigger(node, &kind);
        }
        let is_trigger = is_trigger(&kind);
        let card = |connector: String| ReadCard {
            id: id.clone(),
            title: title.clone(),
            connector,
            method: action(node, &kind),
            nested: nested.map(str::to_owned),
            is_trigger,
            ..ReadCard::default()
        };
        let mut named = Vec::new();
        for credential in node.get("credentials").into_iter().flat_map(Node::children) {
            let Some(connector) = credential.key() else {
                continue;
            };
            named.push(connector.clone().into_owned());
            // Before n8n 0.132 a credential was its name alone.
            let (name, file_id) = match credential.kind() {
                Kind::String => (credential.as_str().map(std::borrow::Cow::into_owned), None),
                Kind::Object => (credential.text("name"), id_of(credential.get("id"))),
                Kind::Null => (None, None),
                Kind::Bool | Kind::Number | Kind::Array => {
                    self.wrong.push(format!(
                        "the credential of node `{title}` in `{}` is neither a name nor an object",
                        self.flow.name
                    ));
                    (None, None)
                }
            };
            self.flow.cards.push(ReadCard {
                connection: name.filter(|name| !name.trim().is_empty()),
                connection_file_id: file_id,
                reference: nested.is_none().then(|| credential.span()),
                ..card(connector.into_owned())
            });
        }
        if let Some(connector) = expected_credential(node)
            && !named.contains(&connector)
        {
            self.flow.cards.push(card(connector));
        }
        self.calls(node, &kind, &title, nested, depth);
    }

    fn calls(
        &mut self,
        node: Node<'_>,
        kind: &str,
        title: &str,
        nested: Option<&str>,
        depth: usize,
    ) {
        let Some(parameters) = node.get("parameters") else {
            return;
        };
        let last = kind.rsplit('.').next().unwrap_or(kind);
        if !matches!(
            last,
            "executeWorkflow" | "toolWorkflow" | "retrieverWorkflow"
        ) {
            return;
        }
        if let Some(inline) = parameters
            .text("workflowJson")
            .filter(|_| depth < MAX_INLINE)
        {
            match Document::parse(&inline) {
                Ok(document) => {
                    let place = match nested {
                        Some(nested) => format!("{nested} › {title}"),
                        None => format!("inside {title}"),
                    };
                    self.workflow(document.root(), Some(&place), depth + 1);
                }
                Err(_) if inline.starts_with('=') => {}
                Err(malformed) => self.wrong.push(format!(
                    "the workflow inside node `{title}` of `{}` isn't JSON: {}",
                    self.flow.name, malformed.what
                )),
            }
            return;
        }
        let target = parameters.get("workflowId");
        let (file_id, name) = match target.map(|target| (target, target.kind())) {
            Some((target, Kind::Object)) => {
                (id_of(target.get("value")), target.text("cachedResultName"))
            }
            Some((target, _)) => (id_of(Some(target)), None),
            None => (None, None),
        };
        let name = name.or_else(|| parameters.text("workflowName"));
        // An expression is decided when the workflow runs.
        let file_id = file_id.filter(|id| !id.starts_with('='));
        if file_id.is_some() || name.is_some() {
            self.flow.calls.push(ReadCall {
                file_id,
                name,
                card: title.to_owned(),
            });
        }
    }

    fn trigger(&mut self, node: Node<'_>, kind: &str) {
        let last = kind.rsplit('.').next().unwrap_or(kind);
        let trigger = match last {
            "scheduleTrigger" | "cron" | "interval" => {
                self.flow.schedule = Some(schedule(node, last));
                Trigger::Schedule
            }
            "webhook" | "formTrigger" | "chatTrigger" | "mcpTrigger" => Trigger::Endpoint,
            "executeWorkflowTrigger" | "errorTrigger" => Trigger::Called,
            "manualTrigger" | "start" => Trigger::Manual,
            _ if is_trigger(kind) => Trigger::Event,
            _ => return,
        };
        // A workflow may have a second way to start for trying it out.
        if matches!(self.flow.trigger, Trigger::Unknown | Trigger::Manual) {
            self.flow.trigger = trigger;
        }
    }
}

fn is_trigger(kind: &str) -> bool {
    kind.ends_with("Trigger") || kind.ends_with(".webhook")
}

/// Resource and operation, the nearest that n8n has to an action's key.
fn action(node: Node<'_>, kind: &str) -> Option<String> {
    let parameters = node.get("parameters")?;
    let last = kind.rsplit('.').next().unwrap_or(kind);
    let words: Vec<String> = ["resource", "operation"]
        .iter()
        .filter_map(|word| parameters.text(word))
        .collect();
    (!words.is_empty()).then(|| format!("{last}:{}", words.join(":")))
}

/// The credential type that an HTTP request says it uses.
fn expected_credential(node: Node<'_>) -> Option<String> {
    let parameters = node.get("parameters")?;
    match parameters.text("authentication")?.as_str() {
        "predefinedCredentialType" => parameters.text("nodeCredentialType"),
        "genericCredentialType" => parameters.text("genericAuthType"),
        _ => None,
    }
}

fn schedule(node: Node<'_>, kind: &str) -> String {
    let described = match kind {
        "scheduleTrigger" => node.at(&["parameters", "rule", "interval"]),
        "cron" => node.at(&["parameters", "triggerTimes", "item"]),
        _ => node.get("parameters"),
    };
    let mut parts: Vec<String> = Vec::new();
    for rule in described.into_iter().flat_map(Node::children) {
        let text = |name| rule.text(name);
        let number = |name: &str| {
            rule.get(name)
                .map(|value| value.raw().trim_matches('"').to_owned())
        };
        let part = if let Some(expression) = text("expression").or_else(|| text("cronExpression")) {
            expression
        } else if let Some(unit) = text("field").or_else(|| text("mode")) {
            let count = number(&format!("{unit}Interval")).or_else(|| number("value"));
            let hour = number("triggerAtHour").or_else(|| number("hour"));
            let minute = number("triggerAtMinute").or_else(|| number("minute"));
            let every = match count.as_deref() {
                Some(count) if count != "1" => format!("every {count} {unit}"),
                _ => format!(
                    "every {}",
                    unit.trim_end_matches('s').trim_start_matches("every")
                ),
            };
            match (hour, minute) {
                (Some(hour), minute) => {
                    format!("{every} at {hour:0>2}:{:0>2}", minute.unwrap_or_default())
                }
                (None, _) => every,
            }
        } else {
            // Without a field n8n means days, at midnight.
            let hour = number("triggerAtHour").unwrap_or_default();
            let minute = number("triggerAtMinute").unwrap_or_default();
            match (hour.as_str(), minute.as_str()) {
                ("", "") => "every day".to_owned(),
                (hour, minute) => format!("every day at {hour:0>2}:{minute:0>2}"),
            }
        };
        parts.push(part.chars().take(120).collect());
        if parts.len() == 4 {
            break;
        }
    }
    if kind == "interval" || parts.is_empty() {
        return "scheduled".to_owned();
    }
    parts.join(", ")
}

/// An id as a string: n8n writes numbers in old files.
fn id_of(node: Option<Node<'_>>) -> Option<String> {
    let node = node?;
    match node.kind() {
        Kind::String => node
            .as_str()
            .filter(|id| !id.is_empty())
            .map(std::borrow::Cow::into_owned),
        Kind::Number => Some(node.raw().to_owned()),
        Kind::Null | Kind::Bool | Kind::Array | Kind::Object => None,
    }
}
