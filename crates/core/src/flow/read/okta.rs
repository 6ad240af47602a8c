//! Okta Workflows exports: `.flow`, `.folder` and `.flopack` hold the same JSON, `"type": "flopack"`.
//!
//! A card can hold whole flows (branches, for-each bodies, error branches), and those again. So cards are looked for
//! in everything below a flow, not at the known places only: an element of a list named `methods` that has a `node` is
//! a card, wherever it lies.

use std::borrow::Cow;
use std::collections::HashMap;

use super::json::{Kind, Node};
use super::okta_schedule::schedule;
use super::{
    Format, Nesting, Problem, ProblemKind, ReadCall, ReadCard, ReadFlow, ReadSource, Trigger,
};

/// Connector cards that never have a connection: tables and files of the system itself.
const WITHOUT_CONNECTION: [&str; 2] = ["stash", "filefunctions"];

/// A connection as an export lists it.
struct Config {
    name: Option<String>,
    module: Option<String>,
}

pub(super) fn is_export(root: Node<'_>) -> bool {
    let says_so = root
        .get("type")
        .and_then(Node::as_str)
        .is_some_and(|value| value == "flopack");
    says_so || root.at(&["data", "flos"]).is_some_and(Node::is_object)
}

pub(super) fn read(path: &str, root: Node<'_>) -> ReadSource {
    let mut source = ReadSource {
        format: Some(Format::Okta),
        version: root.text("version"),
        ..ReadSource::default()
    };
    let mut problem = |kind, reason: String| {
        source.problems.push(Problem {
            path: path.to_owned(),
            kind,
            reason,
        });
    };
    match version_fits(source.version.as_deref()) {
        VersionFits::Known => {}
        VersionFits::Unknown(reason) => problem(ProblemKind::OtherVersion, reason),
        VersionFits::Not(reason) => {
            problem(ProblemKind::OtherVersion, reason);
            return source;
        }
    }
    let Some(flos) = root.at(&["data", "flos"]).filter(|flos| flos.is_object()) else {
        problem(
            ProblemKind::NotAFlow,
            "an Okta Workflows export without flows (data.flos is missing)".to_owned(),
        );
        return source;
    };
    let configs = configs(root);
    let groups = groups(root);
    for flo in flos.children() {
        let file_id = flo.key().map(Cow::into_owned).unwrap_or_default();
        let Some(body) = flo.get("data").filter(|body| body.is_object()) else {
            let name = flo.text("name").unwrap_or_else(|| file_id.clone());
            problem(
                ProblemKind::Inconsistent,
                format!("flow `{name}` has no content and was left out"),
            );
            continue;
        };
        let mut flow = flow(&file_id, flo, body, &groups);
        for reference in cards(&mut flow, body, &configs) {
            problem(ProblemKind::Inconsistent, reference);
        }
        source.flows.push(flow);
    }
    source
}

enum VersionFits {
    Known,
    /// Read as far as it goes.
    Unknown(String),
    Not(String),
}

fn version_fits(version: Option<&str>) -> VersionFits {
    let Some(version) = version else {
        return VersionFits::Unknown(
            "the export doesn't tell its version; it was read like 1.5.0".to_owned(),
        );
    };
    let numbers: Vec<Option<u32>> = version.split('.').map(|part| part.parse().ok()).collect();
    match numbers.as_slice() {
        [Some(1), Some(2..=5), ..] => VersionFits::Known,
        [Some(1), Some(_), ..] => VersionFits::Unknown(format!(
            "version {version} isn't known (1.2 to 1.5 are); what could be understood was read"
        )),
        _ => VersionFits::Not(format!(
            "version {version} of Okta Workflows exports isn't known: 1.2 to 1.5 are"
        )),
    }
}

fn configs(root: Node<'_>) -> HashMap<String, Config> {
    let Some(configs) = root.at(&["data", "configs"]) else {
        return HashMap::new();
    };
    configs
        .children()
        .filter_map(|config| {
            let known = Config {
                name: config.text("name"),
                module: config.text("module"),
            };
            Some((config.key()?.into_owned(), known))
        })
        .collect()
}

/// Folder id → names from the outermost folder to itself.
fn groups(root: Node<'_>) -> HashMap<String, Vec<String>> {
    let Some(groups) = root.at(&["data", "groups"]) else {
        return HashMap::new();
    };
    let named: HashMap<String, (String, String)> = groups
        .children()
        .filter_map(|group| {
            let data = group.get("data")?;
            let name = data.text("name")?;
            Some((
                group.key()?.into_owned(),
                (name, data.text("path").unwrap_or_default()),
            ))
        })
        .collect();
    named
        .iter()
        .map(|(id, (name, path))| {
            // `path` is the ancestors' ids joined by dots; ancestors outside the export have no name.
            let ancestors = path.split('.').filter(|ancestor| *ancestor != id);
            let mut names: Vec<String> = ancestors
                .filter_map(|ancestor| named.get(ancestor))
                .map(|(name, _)| name.clone())
                .collect();
            names.push(name.clone());
            (id.clone(), names)
        })
        .collect()
}

fn flow(
    file_id: &str,
    flo: Node<'_>,
    body: Node<'_>,
    groups: &HashMap<String, Vec<String>>,
) -> ReadFlow {
    let scheduled = body
        .get("scheduled")
        .and_then(Node::as_bool)
        .unwrap_or(false);
    ReadFlow {
        file_id: Some(file_id.to_owned()),
        name: flo
            .text("name")
            .unwrap_or_else(|| "Untitled flow".to_owned()),
        description: flo.text("description").unwrap_or_default(),
        folder: body
            .get("group")
            .and_then(Node::as_str)
            .and_then(|group| groups.get(group.as_ref()).cloned())
            .unwrap_or_default(),
        trigger: if scheduled {
            Trigger::Schedule
        } else {
            Trigger::Unknown
        },
        schedule: scheduled.then(|| schedule(body.get("cron"))),
        ..ReadFlow::default()
    }
}

/// A stretch of the document and the level of nesting that holds in it.
struct Stretch {
    after: usize,
    level: Option<usize>,
    title: String,
}

/// Fills in steps, cards and calls; returns what doesn't fit.
fn cards(flow: &mut ReadFlow, body: Node<'_>, configs: &HashMap<String, Config>) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut nesting = Nesting::new();
    let mut within: Vec<Stretch> = Vec::new();
    // Ends of the lists named `methods` that are open, and the index where each of their elements starts.
    let mut lists: Vec<(usize, usize)> = Vec::new();
    for node in body.subtree() {
        let index = node.index();
        while within.last().is_some_and(|stretch| index >= stretch.after) {
            within.pop();
        }
        while lists.last().is_some_and(|(after, _)| index >= *after) {
            lists.pop();
        }
        let level = within.last().and_then(|stretch| stretch.level);
        if let Some((_, next)) = lists.last_mut().filter(|(_, next)| *next == index) {
            *next = node.after();
            if let Some(step) = node.get("node").filter(|step| step.is_object()) {
                let card = Card::new(node, step);
                if flow.trigger == Trigger::Unknown && level.is_none() && flow.step_ids.is_empty() {
                    flow.trigger = card.trigger();
                }
                flow.step_ids.push(card.id.clone());
                if let Some(mut read) = card.read(configs, &flow.name, &mut wrong) {
                    read.nested = nesting.describe(level);
                    flow.cards.push(read);
                }
                within.push(Stretch {
                    after: node.after(),
                    level: Some(nesting.enter(card.title.clone(), level)),
                    title: card.title,
                });
            }
        } else if node.is_array() && node.key().is_some_and(|key| key == "methods") {
            lists.push((node.after(), index + 1));
        } else if node.is_object() {
            let key = node.key();
            if key.as_deref() == Some("flo") && node.get("methods").is_some() {
                // The error branch of the card it lies in; its inputs hold flows under `data`.
                let parent = within.last().and_then(|stretch| stretch.level);
                let title = within
                    .last()
                    .map(|stretch| stretch.title.clone())
                    .unwrap_or_default();
                within.push(Stretch {
                    after: node.after(),
                    level: Some(nesting.enter("If Error".to_owned(), parent)),
                    title,
                });
            }
            if let Some(id) = called(node) {
                flow.calls.push(ReadCall {
                    file_id: Some(id),
                    name: None,
                    card: within
                        .last()
                        .map(|stretch| stretch.title.clone())
                        .unwrap_or_default(),
                });
            }
        }
    }
    wrong
}

/// The flow that an input names: a value of type `flo` that holds an id, not a whole flow.
fn called(node: Node<'_>) -> Option<String> {
    let data = node.text("data")?;
    let kind = node.get("type")?.as_str()?;
    (kind == "flo").then_some(data)
}

/// One element of `methods`.
struct Card<'d> {
    id: String,
    title: String,
    step: Node<'d>,
    /// `root:channels:http:okta:1.0.301:readUser`, taken apart.
    address: Vec<String>,
    channel: Option<String>,
}

impl<'d> Card<'d> {
    fn new(element: Node<'d>, step: Node<'d>) -> Self {
        let address = element.text("address").unwrap_or_default();
        let address: Vec<String> = address.split(':').map(str::to_owned).collect();
        let id = element.text("uuid").unwrap_or_default();
        let title = step
            .get("data")
            .and_then(|data| data.text("name"))
            .or_else(|| step.text("key"))
            .or_else(|| address.get(5).cloned())
            .unwrap_or_else(|| format!("Card {id}"));
        Self {
            id,
            title,
            step,
            channel: element
                .at(&["parents", "channel"])
                .and_then(|channel| channel.text("key")),
            address,
        }
    }

    fn is_connector_card(&self) -> bool {
        self.address.get(1).is_some_and(|part| part == "channels")
    }

    fn connector(&self) -> Option<&str> {
        if !self.is_connector_card() {
            return None;
        }
        let from_address = self.address.get(3).filter(|key| !key.is_empty());
        from_address.or(self.channel.as_ref()).map(String::as_str)
    }

    fn method(&self) -> Option<String> {
        self.address
            .get(5)
            .filter(|key| !key.is_empty())
            .cloned()
            .or_else(|| self.step.text("key"))
    }

    fn is_trigger(&self) -> bool {
        let flag = |name| {
            self.step
                .at(&["model", name])
                .and_then(Node::as_bool)
                .unwrap_or(false)
        };
        self.is_connector_card() && (flag("webhook") || flag("monitor"))
    }

    /// How a flow starts whose first card this is.
    fn trigger(&self) -> Trigger {
        match (
            self.address.get(2).map(String::as_str),
            self.method().as_deref(),
        ) {
            _ if self.is_trigger() => Trigger::Event,
            (_, Some("callable")) => Trigger::Called,
            (_, Some("accept")) => Trigger::Endpoint,
            (_, Some("delegated")) => Trigger::Manual,
            _ => Trigger::Unknown,
        }
    }

    /// The card, when it needs a connector: it names a connection, or it belongs to a connector that has them.
    fn read(
        &self,
        configs: &HashMap<String, Config>,
        flow: &str,
        wrong: &mut Vec<String>,
    ) -> Option<ReadCard> {
        let config = self.step.at(&["model", "config"]);
        let config_id = config
            .and_then(Node::as_str)
            .filter(|id| !id.is_empty())
            .map(Cow::into_owned);
        let known = config_id.as_ref().and_then(|id| configs.get(id));
        let connector = self
            .connector()
            .map(str::to_owned)
            .or_else(|| known.and_then(|config| config.module.clone()))
            .or_else(|| self.channel.clone())?;
        if config_id.is_none()
            && (!self.is_connector_card() || WITHOUT_CONNECTION.contains(&connector.as_str()))
        {
            return None;
        }
        if let (Some(id), None) = (&config_id, known) {
            wrong.push(format!(
                "card `{}` of flow `{flow}` names the connection {id}, which the file doesn't list",
                self.title
            ));
        }
        let can_rewrite =
            config.filter(|config| matches!(config.kind(), Kind::String | Kind::Null));
        Some(ReadCard {
            id: self.id.clone(),
            title: self.title.clone(),
            connector,
            method: self.method(),
            connection: known.and_then(|config| config.name.clone()),
            connection_file_id: config_id,
            is_trigger: self.is_trigger(),
            reference: can_rewrite.map(Node::span),
            ..ReadCard::default()
        })
    }
}
