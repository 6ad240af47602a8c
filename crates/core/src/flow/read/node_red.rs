//! Node-RED flows: a list of nodes, or `{"flows": […]}` as its admin API gives it.
//!
//! Each tab and each subflow is a flow. A node that names a configuration node (a server with its credentials) is a
//! card; so is a node that keeps a credential of its own. Credentials themselves lie in another file, which is not read.

use std::collections::{HashMap, HashSet};

use super::json::{Kind, Node};
use super::{Format, ReadCall, ReadCard, ReadFlow, ReadSource, Trigger};

/// Configuration nodes that only arrange things on screen, or that listen here.
const LAYOUT: [&str; 10] = [
    "ui_base",
    "ui_tab",
    "ui_group",
    "ui_link",
    "ui-base",
    "ui-page",
    "ui-group",
    "ui-theme",
    "global-config",
    "websocket-listener",
];

/// Nodes that keep a credential without a configuration node.
const WITH_OWN_CREDENTIAL: [&str; 2] = ["e-mail", "e-mail in"];

pub(super) fn is_export(root: Node<'_>) -> bool {
    nodes(root).is_some()
}

fn nodes(root: Node<'_>) -> Option<Vec<Node<'_>>> {
    let looks_right = |nodes: &Vec<Node<'_>>| {
        !nodes.is_empty()
            && nodes.iter().all(|node| node.is_object())
            && nodes.iter().any(|node| {
                let word = |name| node.get(name).and_then(Node::as_str).is_some();
                word("id")
                    && word("type")
                    && (node.get("wires").is_some_and(Node::is_array)
                        || matches!(node.text("type").as_deref(), Some("tab" | "subflow")))
            })
    };
    if root.is_array() {
        return Some(root.children().collect()).filter(looks_right);
    }
    if let Some(flows) = root.get("flows").filter(|flows| flows.is_array()) {
        return Some(flows.children().collect()).filter(looks_right);
    }
    // One tab, as GET /flow/:id gives it: its nodes and configuration nodes apart.
    let mut all: Vec<Node<'_>> = root
        .get("nodes")
        .filter(|nodes| nodes.is_array())?
        .children()
        .collect();
    all.extend(root.get("configs").into_iter().flat_map(Node::children));
    Some(all).filter(looks_right)
}

struct Config<'d> {
    kind: String,
    name: String,
    node: Node<'d>,
}

pub(super) fn read(_path: &str, root: Node<'_>) -> ReadSource {
    let nodes = nodes(root).unwrap_or_default();
    let mut source = ReadSource {
        format: Some(Format::NodeRed),
        version: root
            .get("rev")
            .and_then(Node::as_str)
            .map(|_| "v2".to_owned()),
        ..ReadSource::default()
    };
    let mut flow_of: HashMap<String, usize> = HashMap::new();
    if let (false, Some(id)) = (root.is_array(), root.text("id")) {
        add(
            &mut source,
            &mut flow_of,
            id,
            root.text("label"),
            root.text("info"),
            "Flow",
        );
    }
    for node in &nodes {
        let Some(id) = node.text("id") else { continue };
        match node.text("type").as_deref() {
            Some("tab") => add(
                &mut source,
                &mut flow_of,
                id,
                node.text("label"),
                node.text("info"),
                "Flow",
            ),
            Some("subflow") => {
                add(
                    &mut source,
                    &mut flow_of,
                    id.clone(),
                    node.text("name"),
                    node.text("info"),
                    "Subflow",
                );
                source.flows[flow_of[&id]].trigger = Trigger::Called;
            }
            _ => {}
        }
    }
    let configs: HashMap<String, Config<'_>> =
        nodes.iter().filter_map(|node| config(*node)).collect();
    let tab_of_node: HashMap<String, String> = nodes
        .iter()
        .filter_map(|node| Some((node.text("id")?, node.text("z")?)))
        .collect();
    for node in &nodes {
        let Some(tab) = node.text("z").and_then(|z| flow_of.get(&z).copied()) else {
            continue;
        };
        let Some(kind) = node.text("type") else {
            continue;
        };
        if configs.contains_key(&node.text("id").unwrap_or_default()) {
            continue;
        }
        let flow = &mut source.flows[tab];
        step(flow, *node, &kind, &configs);
        calls(flow, *node, &kind, &tab_of_node);
    }
    source
}

fn add(
    source: &mut ReadSource,
    flow_of: &mut HashMap<String, usize>,
    id: String,
    name: Option<String>,
    description: Option<String>,
    kind: &str,
) {
    let name = name.unwrap_or_else(|| format!("{kind} {id}"));
    flow_of.insert(id.clone(), source.flows.len());
    source.flows.push(ReadFlow {
        file_id: Some(id),
        name,
        description: description.unwrap_or_default(),
        ..ReadFlow::default()
    });
}

/// A configuration node: it has no place on a tab.
fn config(node: Node<'_>) -> Option<(String, Config<'_>)> {
    let kind = node.text("type")?;
    let on_a_tab = ["x", "y", "wires"]
        .iter()
        .any(|name| node.get(name).is_some());
    if on_a_tab
        || matches!(
            kind.as_str(),
            "tab" | "subflow" | "group" | "junction" | "comment"
        )
    {
        return None;
    }
    let name = ["name", "label", "broker", "host", "url", "server"]
        .iter()
        .find_map(|name| node.text(name))
        .unwrap_or_else(|| kind.clone());
    Some((node.text("id")?, Config { kind, name, node }))
}

fn step(flow: &mut ReadFlow, node: Node<'_>, kind: &str, configs: &HashMap<String, Config<'_>>) {
    let id = node.text("id").unwrap_or_default();
    let title = node.text("name").unwrap_or_else(|| kind.to_owned());
    flow.step_ids.push(id.clone());
    match kind {
        "inject" => inject(flow, node),
        "http in" | "websocket in" | "tcp in" | "udp in" if flow.trigger == Trigger::Unknown => {
            flow.trigger = Trigger::Endpoint;
        }
        _ if kind.ends_with(" in") && flow.trigger == Trigger::Unknown && kind != "link in" => {
            flow.trigger = Trigger::Event;
        }
        _ => {}
    }
    let card = |connector: &str| ReadCard {
        id: id.clone(),
        title: title.clone(),
        connector: connector.to_owned(),
        method: Some(kind.to_owned()),
        is_trigger: kind.ends_with(" in"),
        ..ReadCard::default()
    };
    // Configuration nodes may name further ones (a broker its TLS settings); each counts once a card.
    let mut seen: HashSet<String> = HashSet::new();
    let mut pending: Vec<(String, Node<'_>, Option<String>)> = references(node, configs, None);
    pending.reverse();
    while let Some((config_id, value, through)) = pending.pop() {
        let config = &configs[&config_id];
        if !seen.insert(config_id.clone()) {
            continue;
        }
        if !LAYOUT.contains(&config.kind.as_str()) {
            flow.cards.push(ReadCard {
                connection: Some(config.name.clone()),
                connection_file_id: Some(config_id),
                reference: through.is_none().then(|| value.span()),
                nested: through.map(|through| format!("through {through}")),
                ..card(&config.kind)
            });
            pending.extend(references(config.node, configs, Some(&config.name)));
        }
    }
    let own = match kind {
        "http request" => node.text("authType").is_some(),
        _ => WITH_OWN_CREDENTIAL.contains(&kind),
    };
    let kept = node
        .get("credentials")
        .is_some_and(|kept| kept.is_object() && kept.children().next().is_some());
    if seen.is_empty() && (own || kept) {
        flow.cards.push(card(kind));
    }
}

/// Configuration nodes that the properties of a node name, with the property's value.
fn references<'d>(
    node: Node<'d>,
    configs: &HashMap<String, Config<'d>>,
    through: Option<&String>,
) -> Vec<(String, Node<'d>, Option<String>)> {
    node.children()
        .filter(|value| {
            !matches!(
                value.key().as_deref(),
                Some("id" | "z" | "g" | "type" | "name" | "wires")
            )
        })
        .flat_map(|value| value.subtree())
        .filter(|value| value.kind() == Kind::String)
        .filter_map(|value| {
            let id = value.as_str()?;
            configs
                .contains_key(id.as_ref())
                .then(|| (id.into_owned(), value, through.cloned()))
        })
        .collect()
}

fn inject(flow: &mut ReadFlow, node: Node<'_>) {
    let schedule = node.text("crontab").or_else(|| {
        node.text("repeat")
            .filter(|seconds| seconds.parse::<f64>().is_ok_and(|seconds| seconds > 0.0))
            .map(|seconds| format!("every {seconds} seconds"))
    });
    match schedule {
        Some(schedule) => {
            flow.trigger = Trigger::Schedule;
            flow.schedule.get_or_insert(schedule);
        }
        None if flow.trigger == Trigger::Unknown => flow.trigger = Trigger::Manual,
        None => {}
    }
}

/// Subflow instances, and links into another tab.
fn calls(flow: &mut ReadFlow, node: Node<'_>, kind: &str, tab_of_node: &HashMap<String, String>) {
    let title = node.text("name").unwrap_or_else(|| kind.to_owned());
    let mut call = |file_id: String| {
        let call = ReadCall {
            file_id: Some(file_id),
            name: None,
            card: title.clone(),
        };
        if !flow.calls.contains(&call) {
            flow.calls.push(call);
        }
    };
    if let Some(subflow) = kind.strip_prefix("subflow:") {
        call(subflow.to_owned());
    } else if matches!(kind, "link call" | "link out") {
        let here = node.text("z");
        let links = node.get("links").into_iter().flat_map(Node::children);
        let targets = links
            .filter_map(Node::as_str)
            .filter_map(|link| tab_of_node.get(link.as_ref()));
        for target in targets.filter(|target| here.as_ref() != Some(target)) {
            call(target.clone());
        }
    }
}
