//! 主题分类: the 22 topics and their classes as the central government's document library uses them (`schemas/topics.json`).

use std::sync::LazyLock;

use serde::Deserialize;

use super::text::normal_heading;

/// A topic with its classes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Topic {
    /// Stable ASCII name.
    pub code: String,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
    /// Names of its classes, in order.
    pub classes: Vec<String>,
}

/// The list of topics, in its order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Topics {
    /// The topics.
    pub topics: Vec<Topic>,
}

/// What a topic as an office wrote it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownTopic<'a> {
    /// The topic.
    pub topic: &'a Topic,
    /// The class within it, where one was named.
    pub class: Option<&'a str>,
}

impl KnownTopic<'_> {
    /// `主题\类`, as government document headers write it.
    pub fn written(&self) -> String {
        self.class.map_or_else(|| self.topic.zh.clone(), |class| format!("{}\\{class}", self.topic.zh))
    }
}

static TOPICS: LazyLock<Topics> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../schemas/topics.json")).unwrap_or_default());

impl Topics {
    /// The shipped list.
    pub fn shipped() -> &'static Self {
        &TOPICS
    }

    /// The topic that a text means: a topic's name or code, a topic and one of its classes between `\`, `/`, `>`, `|`, `→` or `-`,
    /// or the name of a class that only one topic has. Width, white space and a doubled separator do not matter.
    pub fn known(&self, text: &str) -> Option<KnownTopic<'_>> {
        let normal = normal_heading(text);
        let parts: Vec<&str> =
            normal.split(['\\', '/', '>', '|', '→', '-']).filter(|part| !part.is_empty()).collect();
        match parts.as_slice() {
            [only] => self.one(only),
            [topic, class] => {
                let topic = self.topic(topic)?;
                Some(KnownTopic { topic, class: Some(class_of(topic, class)?) })
            }
            _ => None,
        }
    }

    fn topic(&self, normal: &str) -> Option<&Topic> {
        let is = |topic: &&Topic| {
            [&topic.zh, &topic.en, &topic.code].iter().any(|name| normal_heading(name) == normal)
        };
        self.topics.iter().find(is)
    }

    fn one(&self, normal: &str) -> Option<KnownTopic<'_>> {
        if let Some(topic) = self.topic(normal) {
            return Some(KnownTopic { topic, class: None });
        }
        let mut holders =
            self.topics.iter().filter_map(|topic| class_of(topic, normal).map(|class| (topic, class)));
        let (topic, class) = holders.next()?;
        holders.next().is_none().then_some(KnownTopic { topic, class: Some(class) })
    }
}

fn class_of<'a>(topic: &'a Topic, normal: &str) -> Option<&'a str> {
    topic.classes.iter().find(|class| normal_heading(class) == normal).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(text: &str) -> Option<String> {
        Topics::shipped().known(text).map(|known| known.written())
    }

    #[test]
    fn the_list_has_its_22_topics_and_their_classes() {
        let topics = &Topics::shipped().topics;
        let classes: usize = topics.iter().map(|topic| topic.classes.len()).sum();
        assert_eq!((topics.len(), classes), (22, 121));
        assert_eq!((topics[1].zh.as_str(), topics[21].zh.as_str()), ("综合政务", "其他"));
    }

    #[test]
    fn topics_are_known_in_the_notations_of_real_catalogues() {
        let both = Some("市场监管、安全生产监管\\工商".to_owned());
        for text in [
            "市场监管、安全生产监管\\工商",
            "市场监管、安全生产监管＼工商",
            " 市场监管、安全生产监管 / 工商 ",
            "市场监管、安全生产监管>工商",
            "市场监管、安全生产监管\\\\工商",
            "工商",
        ] {
            assert_eq!(known(text), both, "{text}");
        }
        assert_eq!(known("工业、交通").as_deref(), Some("工业、交通"));
        assert_eq!(known("公路").as_deref(), Some("工业、交通\\公路"));
        assert_eq!(known("货币(含外汇)").as_deref(), Some("财政、金融、审计\\货币（含外汇）"));
        assert_eq!(known("其他").as_deref(), Some("其他"));
    }

    #[test]
    fn what_the_list_does_not_have_is_not_known() {
        for text in
            ["", "\\", "厅规范性文件", "综合政务\\工商", "工商\\综合政务", "综合政务\\政务公开\\政务公开"]
        {
            assert_eq!(known(text), None, "{text}");
        }
    }
}
