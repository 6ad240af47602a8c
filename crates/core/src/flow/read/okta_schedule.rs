//! When a scheduled flow of an Okta export runs: its `cron` object, in words where they are simple.

use super::json::{Kind, Node};

/// What the file doesn't tell.
const SCHEDULED: &str = "scheduled";
/// Longest text that is taken over from a file.
const LONGEST: usize = 120;

pub(super) fn schedule(cron: Option<Node<'_>>) -> String {
    let Some(cron) = cron else {
        return SCHEDULED.to_owned();
    };
    match cron.kind() {
        Kind::String => short(cron.as_str().as_deref().unwrap_or_default()),
        Kind::Object => {
            let described = cron
                .text("expression")
                .map(|text| short(&text))
                .or_else(|| Fields::of(cron).map(|fields| fields.describe()));
            described.unwrap_or_else(|| SCHEDULED.to_owned())
        }
        Kind::Null | Kind::Bool | Kind::Number | Kind::Array => SCHEDULED.to_owned(),
    }
}

fn short(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() {
        return SCHEDULED.to_owned();
    }
    text.chars().take(LONGEST).collect()
}

/// `{"minutes":"30","hours":"9","dayOfTheMonth":"*/1","month":"*","dayOfTheWeek":"*","timeZone":"America/Los_Angeles"}`
struct Fields {
    minutes: String,
    hours: String,
    day: String,
    month: String,
    weekday: String,
    time_zone: Option<String>,
}

impl Fields {
    /// `None` when it has neither minutes nor hours.
    fn of(cron: Node<'_>) -> Option<Self> {
        let field = |name: &str| {
            let value = cron.get(name)?;
            let text = match value.kind() {
                Kind::String => value.as_str()?.trim().to_owned(),
                Kind::Number => value.raw().to_owned(),
                Kind::Null | Kind::Bool | Kind::Array | Kind::Object => return None,
            };
            (!text.is_empty() && text.len() <= LONGEST).then_some(text)
        };
        let (minutes, hours) = (field("minutes"), field("hours"));
        if minutes.is_none() && hours.is_none() {
            return None;
        }
        let any = |name: &str| match field(name).as_deref() {
            None | Some("*" | "*/1" | "?") => "*".to_owned(),
            Some(other) => other.to_owned(),
        };
        Some(Self {
            minutes: minutes.unwrap_or_else(|| "0".to_owned()),
            hours: match hours.as_deref() {
                None | Some("*/1") => "*".to_owned(),
                Some(other) => other.to_owned(),
            },
            day: any("dayOfTheMonth"),
            month: any("month"),
            weekday: any("dayOfTheWeek"),
            time_zone: field("timeZone"),
        })
    }

    fn describe(&self) -> String {
        let whole_days = [&self.day, &self.month, &self.weekday]
            .into_iter()
            .all(|part| part == "*");
        let minute: Option<u8> = self.minutes.parse().ok();
        let hour: Option<u8> = self.hours.parse().ok();
        let words = match (whole_days, minute, hour) {
            (true, Some(minute), Some(hour)) => format!("every day at {hour:02}:{minute:02}"),
            (true, Some(0), None) if self.hours == "*" => return "every hour".to_owned(),
            (true, Some(minute), None) if self.hours == "*" => {
                return format!("every hour, {minute} minutes past");
            }
            (true, None, None) if self.hours == "*" => match self.minutes.strip_prefix("*/") {
                Some("1") => return "every minute".to_owned(),
                Some(step) => return format!("every {step} minutes"),
                None => self.expression(),
            },
            _ => self.expression(),
        };
        match &self.time_zone {
            Some(zone) => format!("{words} ({zone})"),
            None => words,
        }
    }

    /// As cron writes it.
    fn expression(&self) -> String {
        [
            &self.minutes,
            &self.hours,
            &self.day,
            &self.month,
            &self.weekday,
        ]
        .map(String::as_str)
        .join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::super::json::Document;
    use super::*;

    fn said(cron: &str) -> String {
        let document = Document::parse(cron).unwrap();
        schedule(Some(document.root()))
    }

    #[test]
    fn simple_schedules_are_said_in_words() {
        let daily = r#"{"seconds":"00","minutes":"30","hours":"9","dayOfTheMonth":"*/1","month":"*","dayOfTheWeek":"*",
            "startDate":"","endDate":"","recurrence":0,"timeZone":"America/Los_Angeles"}"#;
        assert_eq!(said(daily), "every day at 09:30 (America/Los_Angeles)");
        assert_eq!(
            said(r#"{"minutes":"*/15","hours":"*"}"#),
            "every 15 minutes"
        );
        assert_eq!(said(r#"{"minutes":"0","hours":"*/1"}"#), "every hour");
        assert_eq!(
            said(r#"{"minutes":5,"hours":"*"}"#),
            "every hour, 5 minutes past"
        );
    }

    #[test]
    fn others_are_said_as_cron_writes_them() {
        let mondays = r#"{"minutes":"0","hours":"7","dayOfTheMonth":"*","month":"*","dayOfTheWeek":"1","timeZone":"UTC"}"#;
        assert_eq!(said(mondays), "0 7 * * 1 (UTC)");
        assert_eq!(said(r#""0 7 * * *""#), "0 7 * * *");
    }

    #[test]
    fn what_says_nothing_is_scheduled() {
        for nothing in ["{}", "null", "[]", "\"\"", r#"{"minutes":{},"hours":[]}"#] {
            assert_eq!(said(nothing), "scheduled", "{nothing}");
        }
        assert_eq!(schedule(None), "scheduled", "no cron at all");
    }
}
