//! Makes Okta Workflows exports of any size, with nested branches, error branches, for-each bodies and helper links.
//!
//! The same seed makes the same export. Ids of flows, connections and folders depend on `export`, ids of cards only on
//! the seed: that is how exports of one workspace on two days differ.

use serde_json::{Map, Value, json};

/// How an export is made.
#[derive(Debug, Clone)]
pub struct Shape {
    /// Which workspace: names, cards, structure.
    pub seed: u64,
    /// Which export of it: ids of flows, connections and folders.
    pub export: u64,
    pub flows: usize,
    /// Cards with a connector in each flow, nested ones among them.
    pub cards: usize,
    pub connections: usize,
    pub folders: usize,
    pub version: &'static str,
}

impl Default for Shape {
    fn default() -> Self {
        Self {
            seed: 1,
            export: 1,
            flows: 3,
            cards: 6,
            connections: 4,
            folders: 2,
            version: "1.5.0",
        }
    }
}

/// Module keys that the generator uses.
pub const CONNECTORS: [&str; 6] = ["okta", "slack", "gmail", "github", "jira", "salesforce"];

/// The name of the nth connection, and its connector.
pub fn connection(index: usize) -> (String, &'static str) {
    let connector = CONNECTORS[index % CONNECTORS.len()];
    (
        format!("{connector} {}", index / CONNECTORS.len()),
        connector,
    )
}

/// xorshift64*: enough to vary shapes, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.roll() % end.max(1) as u64)
            .expect("a remainder of a usize fits a usize")
    }
}

fn id(kind: &str, export: u64, index: usize) -> String {
    let mut dice = Dice::new(export ^ (index as u64) << 20 ^ u64::from(kind.as_bytes()[0]) << 56);
    let (a, b) = (dice.roll(), dice.roll());
    format!(
        "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
        a & 0xffff_ffff,
        b & 0xffff,
        (a >> 32) & 0xfff,
        (b >> 16) & 0xfff,
        (a ^ b.rotate_left(17)) & 0xffff_ffff_ffff
    )
}

/// The export as compact JSON.
pub fn export(shape: &Shape) -> String {
    let configs: Vec<String> = (0..shape.connections)
        .map(|index| id("config", shape.export, index))
        .collect();
    let flows: Vec<String> = (0..shape.flows)
        .map(|index| id("flow", shape.export, index))
        .collect();
    let groups: Vec<String> = (0..shape.folders)
        .map(|index| id("group", shape.export, index))
        .collect();
    let mut flos = Map::new();
    for (index, flow) in flows.iter().enumerate() {
        let mut making = Making {
            dice: Dice::new(
                shape
                    .seed
                    .wrapping_mul(1_000_003)
                    .wrapping_add(index as u64),
            ),
            configs: &configs,
            flow: index,
            made: 0,
        };
        let mut methods = vec![making.start(index)];
        while making.made < shape.cards {
            let left = shape.cards - making.made;
            making.step(&mut methods, left, 0);
        }
        // Every third flow calls the one before it.
        if index % 3 == 2 {
            methods.push(making.call(&flows[index - 1]));
        }
        let group = (!groups.is_empty()).then(|| groups[index % groups.len()].clone());
        flos.insert(
            flow.clone(),
            json!({
                "id": flow, "name": format!("Flow {index}"), "description": "",
                "data": {
                    "uuid": flow, "display": {"preview": [], "isCallable": index % 3 == 1},
                    "tree": {"id": 2}, "methods": methods, "orderings": {}, "log": false,
                    "scheduled": index % 5 == 4, "cron": if index % 5 == 4 { json!("0 6 * * *") } else { Value::Null },
                    "group": group,
                },
            }),
        );
    }
    let configs: Map<String, Value> = configs
        .iter()
        .enumerate()
        .map(|(index, id)| {
            let (name, module) = connection(index);
            (
                id.clone(),
                json!({"id": id, "name": name, "module": module, "data": null}),
            )
        })
        .collect();
    let groups: Map<String, Value> = groups
        .iter()
        .enumerate()
        .map(|(index, id)| {
            let name = format!("Folder {index}");
            (
                id.clone(),
                json!({"id": id, "data": {"name": name, "description": "", "media_uri": ""}}),
            )
        })
        .collect();
    json!({
        "type": "flopack", "version": shape.version, "created": "2026-11-23T10:00:00.000Z",
        "flags": {"auto-transform": true}, "checksum": "0".repeat(64),
        "data": {"flos": flos, "configs": configs, "tables": {}, "groups": groups},
    })
    .to_string()
}

struct Making<'m> {
    dice: Dice,
    configs: &'m [String],
    flow: usize,
    made: usize,
}

impl Making<'_> {
    fn uuid(&mut self) -> String {
        format!("f{}c{:x}", self.flow, self.dice.roll() & 0xff_ffff_ffff)
    }

    fn start(&mut self, index: usize) -> Value {
        let key = if index % 3 == 1 { "callable" } else { "accept" };
        let uuid = self.uuid();
        element(
            &uuid,
            &format!("root:kernel:control:0.0.1:{key}"),
            key,
            "Start",
            "control",
            &Value::Null,
            &json!({}),
            None,
        )
    }

    fn call(&mut self, flow: &str) -> Value {
        let uuid = self.uuid();
        let inputs = json!({"i": {"id": "i", "key": "flo", "value": {"type": "flo", "collection": false, "data": flow}}});
        element(
            &uuid,
            "root:kernel:control:0.0.1:spawn",
            "spawn",
            "Call Flow",
            "control",
            &Value::Null,
            &inputs,
            None,
        )
    }

    /// Adds one step that holds at most `most` connector cards.
    fn step(&mut self, methods: &mut Vec<Value>, most: usize, depth: usize) {
        let kind = if depth < 4 && most > 1 {
            self.dice.below(6)
        } else {
            5
        };
        match kind {
            0 => {
                let body = self.body(most, depth);
                let uuid = self.uuid();
                let inputs = json!({"b": {"id": "b", "key": "if", "value": {"type": "flo", "collection": false, "data": body}}});
                methods.push(element(
                    &uuid,
                    "root:kernel:control:0.0.1:branch",
                    "branch",
                    "If/ElseIf",
                    "control",
                    &Value::Null,
                    &inputs,
                    None,
                ));
            }
            1 => {
                let body = self.body(most, depth);
                let uuid = self.uuid();
                let inputs = json!({"b": {"id": "b", "key": "flo", "value": {"type": "flo", "collection": false, "data": body}}});
                methods.push(element(
                    &uuid,
                    "root:kernel:list:0.0.1:asyncEach",
                    "asyncEach",
                    "For Each",
                    "list",
                    &Value::Null,
                    &inputs,
                    None,
                ));
            }
            2 => {
                let error = self.body(most - 1, depth);
                let card = self.card(Some(error));
                methods.push(card);
            }
            _ => {
                let card = self.card(None);
                methods.push(card);
            }
        }
    }

    fn body(&mut self, most: usize, depth: usize) -> Value {
        let mut methods = Vec::new();
        let count = 1 + self.dice.below(most.min(3));
        let until = self.made + count;
        while self.made < until {
            let left = until - self.made;
            self.step(&mut methods, left, depth + 1);
        }
        json!({"uuid": self.uuid(), "display": {}, "tree": {"id": 2}, "methods": methods, "orderings": {}})
    }

    fn card(&mut self, error: Option<Value>) -> Value {
        self.made += 1;
        let uuid = self.uuid();
        let which = self.dice.below(self.configs.len().max(1));
        let (_, connector) = connection(which);
        // One card in ten has no connection yet.
        let config = match self.configs.get(which) {
            Some(config) if self.dice.below(10) > 0 => json!(config),
            _ => Value::Null,
        };
        let method = ["read", "create", "update", "search"][self.dice.below(4)];
        let address = format!("root:channels:http:{connector}:1.0.301:{method}");
        element(
            &uuid,
            &address,
            method,
            &format!("{connector} {method}"),
            connector,
            &config,
            &json!({}),
            error,
        )
    }
}

#[expect(
    clippy::too_many_arguments,
    reason = "one argument a part of the element; it is called in four places"
)]
fn element(
    uuid: &str,
    address: &str,
    key: &str,
    title: &str,
    channel: &str,
    config: &Value,
    inputs: &Value,
    error: Option<Value>,
) -> Value {
    let policy = match error {
        Some(flo) => json!({"error": {"type": "branch", "flo": flo}}),
        None => json!({"error": {"type": "finish"}}),
    };
    json!({
        "uuid": uuid, "address": address,
        "parents": {"version": {"key": "1.0.301"}, "channel": {"key": channel}},
        "node": {"key": key, "data": {"name": title}, "model": {
            "type": "method", "config": config, "webhook": false, "monitor": false, "policy": policy,
            "inputs": {"extensible": false, "data": inputs}, "outputs": {"extensible": false, "data": {}},
        }},
        "pins": {}, "joins": {}, "branches": {},
    })
}
