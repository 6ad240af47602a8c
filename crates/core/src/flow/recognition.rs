//! Recognising flows and cards in a newer reading of their file.
//!
//! Ids of flows and connections are new in every Okta export; ids of cards survive. So a flow is known by its file,
//! folder and name, else by folder and name, else by half of its steps; a card by its own id.

use std::collections::{HashMap, HashSet};

/// What is known of a flow before or after a reading.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FlowFace {
    /// Path of its file inside the source.
    pub file: String,
    pub folder: String,
    pub name: String,
    pub steps: Vec<String>,
}

/// For each of `new` the index of the flow of `old` that it is, if any. No old flow is taken twice.
pub fn recognise_flows(old: &[FlowFace], new: &[FlowFace]) -> Vec<Option<usize>> {
    let mut pairing = Pairing {
        old,
        new,
        found: vec![None; new.len()],
        taken: vec![false; old.len()],
    };
    pairing.by_key(|face| Some((face.file.as_str(), face.folder.as_str(), face.name.as_str())));
    pairing.by_key(|face| Some((face.folder.as_str(), face.name.as_str())));
    pairing.by_steps();
    pairing.found
}

struct Pairing<'f> {
    old: &'f [FlowFace],
    new: &'f [FlowFace],
    found: Vec<Option<usize>>,
    taken: Vec<bool>,
}

impl<'f> Pairing<'f> {
    /// Pairs what has the same key; among several of one key those with the most steps in common.
    fn by_key<K: std::hash::Hash + Eq>(&mut self, key: impl Fn(&'f FlowFace) -> Option<K>) {
        let mut olds: HashMap<K, Vec<usize>> = HashMap::new();
        for (index, face) in self
            .old
            .iter()
            .enumerate()
            .filter(|(index, _)| !self.taken[*index])
        {
            if let Some(key) = key(face) {
                olds.entry(key).or_default().push(index);
            }
        }
        let mut news: HashMap<K, Vec<usize>> = HashMap::new();
        for (index, face) in self
            .new
            .iter()
            .enumerate()
            .filter(|(index, _)| self.found[*index].is_none())
        {
            if let Some(key) = key(face) {
                news.entry(key).or_default().push(index);
            }
        }
        for (key, news) in news {
            let Some(olds) = olds.get(&key) else { continue };
            if let ([old], [new]) = (olds.as_slice(), news.as_slice()) {
                self.take(*old, *new);
                continue;
            }
            let mut pairs: Vec<(usize, usize, usize)> = Vec::new();
            for new in &news {
                let steps: HashSet<&String> = self.new[*new].steps.iter().collect();
                for old in olds {
                    let shared = self.old[*old]
                        .steps
                        .iter()
                        .filter(|step| steps.contains(step))
                        .count();
                    pairs.push((shared, *old, *new));
                }
            }
            // Most in common first, then in the order of the file.
            pairs.sort_by(|a, b| b.0.cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
            for (_, old, new) in pairs {
                self.take(old, new);
            }
        }
    }

    /// Pairs flows that share at least half of the steps of the larger one.
    fn by_steps(&mut self) {
        let mut holders: HashMap<&str, Vec<usize>> = HashMap::new();
        for (index, face) in self
            .old
            .iter()
            .enumerate()
            .filter(|(index, _)| !self.taken[*index])
        {
            let unique: HashSet<&String> = face.steps.iter().collect();
            for step in unique {
                holders.entry(step).or_default().push(index);
            }
        }
        let mut pairs: Vec<(usize, usize, usize)> = Vec::new();
        for (index, face) in self
            .new
            .iter()
            .enumerate()
            .filter(|(index, _)| self.found[*index].is_none())
        {
            let unique: HashSet<&String> = face.steps.iter().collect();
            let mut shared: HashMap<usize, usize> = HashMap::new();
            for step in &unique {
                let holding = holders.get(step.as_str()).map_or(&[][..], Vec::as_slice);
                // A step that very many flows have recognises none of them.
                for old in holding.iter().take(64) {
                    *shared.entry(*old).or_insert(0) += 1;
                }
            }
            for (old, count) in shared {
                let of_old = self.old[old].steps.iter().collect::<HashSet<_>>().len();
                if count * 2 >= unique.len().max(of_old) {
                    pairs.push((count, old, index));
                }
            }
        }
        pairs.sort_by(|a, b| b.0.cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        for (_, old, new) in pairs {
            self.take(old, new);
        }
    }

    fn take(&mut self, old: usize, new: usize) {
        if !self.taken[old] && self.found[new].is_none() {
            self.taken[old] = true;
            self.found[new] = Some(old);
        }
    }
}

/// What is known of a card before or after a reading.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CardFace {
    pub card_id: String,
    pub connector_key: String,
    pub title: String,
    pub nested: Option<String>,
}

/// For each of `new` the index of the card of `old` that it is. A card id that occurs twice pairs in order; a card
/// whose id is new is known by connector, title and place.
pub fn recognise_cards(old: &[CardFace], new: &[CardFace]) -> Vec<Option<usize>> {
    let mut found = vec![None; new.len()];
    let mut taken = vec![false; old.len()];
    pair(old, new, &mut found, &mut taken, |face| {
        (face.card_id.as_str(), face.connector_key.as_str(), None)
    });
    pair(old, new, &mut found, &mut taken, |face| {
        (
            face.title.as_str(),
            face.connector_key.as_str(),
            face.nested.as_deref(),
        )
    });
    found
}

type CardKey<'f> = (&'f str, &'f str, Option<&'f str>);

fn pair<'f>(
    old: &'f [CardFace],
    new: &'f [CardFace],
    found: &mut [Option<usize>],
    taken: &mut [bool],
    key: impl Fn(&'f CardFace) -> CardKey<'f>,
) {
    let mut olds: HashMap<CardKey<'f>, std::collections::VecDeque<usize>> = HashMap::new();
    for (index, face) in old.iter().enumerate().filter(|(index, _)| !taken[*index]) {
        olds.entry(key(face)).or_default().push_back(index);
    }
    for (index, face) in new.iter().enumerate() {
        if found[index].is_none()
            && let Some(known) = olds
                .get_mut(&key(face))
                .and_then(std::collections::VecDeque::pop_front)
        {
            found[index] = Some(known);
            taken[known] = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face(file: &str, name: &str, steps: &[&str]) -> FlowFace {
        FlowFace {
            file: file.to_owned(),
            folder: "F".to_owned(),
            name: name.to_owned(),
            steps: steps.iter().map(|step| (*step).to_owned()).collect(),
        }
    }

    #[test]
    fn a_flow_is_known_by_its_name_even_when_every_card_is_new() {
        let found = recognise_flows(&[face("a", "One", &["x"])], &[face("a", "One", &["y"])]);
        assert_eq!(found, [Some(0)], "file, folder and name are the same");
    }

    #[test]
    fn a_renamed_flow_is_known_by_half_of_its_cards() {
        let old = [
            face("a", "One", &["w", "x", "y", "z"]),
            face("a", "Two", &["k"]),
        ];
        let half = recognise_flows(&old, &[face("a", "New", &["w", "x", "1", "2"])]);
        assert_eq!(half, [Some(0)], "two of four are shared");
        let less = recognise_flows(&old, &[face("a", "New", &["w", "1", "2", "3"])]);
        assert_eq!(less, [None], "one of four isn't enough");
    }

    #[test]
    fn among_flows_of_one_name_the_one_with_the_same_cards_is_taken() {
        let old = [face("a", "One", &["x"]), face("a", "One", &["y"])];
        let found = recognise_flows(&old, &[face("a", "One", &["y"]), face("a", "One", &["x"])]);
        assert_eq!(found, [Some(1), Some(0)], "cards tell them apart");
    }

    #[test]
    fn a_card_id_that_occurs_twice_pairs_in_order() {
        let card = |id: &str, title: &str| CardFace {
            card_id: id.to_owned(),
            title: title.to_owned(),
            ..CardFace::default()
        };
        let old = [card("a", "1"), card("a", "2"), card("b", "3")];
        let found = recognise_cards(&old, &[card("a", "1"), card("a", "2"), card("new", "3")]);
        assert_eq!(
            found,
            [Some(0), Some(1), Some(2)],
            "ids first, then title and place"
        );
    }
}
