//! Groups of `Name: value` lines, as reports have them for machines to read (RFC 3464, 2.1; RFC 5965, 3).

/// Groups, and fields in one, that are looked at; we send each message to one recipient.
const MAX_FIELDS: usize = 1_000;

/// One group's fields.
#[derive(Debug, Default)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// The groups of a text. Blank lines part them; a line that begins with a blank goes on with the one before.
    pub(super) fn groups(text: &str) -> Vec<Self> {
        let mut groups = vec![Self::default()];
        for line in text.lines().take(MAX_FIELDS) {
            let Some(group) = groups.last_mut() else { break };
            if line.trim().is_empty() {
                groups.push(Self::default());
            } else if line.starts_with([' ', '\t']) {
                if let Some((_, value)) = group.0.last_mut() {
                    value.push(' ');
                    value.push_str(line.trim());
                }
            } else if let Some((name, value)) = line.split_once(':') {
                group.0.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
            }
        }
        groups
    }

    /// The first field of that name, in small letters.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(this, _)| this == name).map(|(_, value)| value.as_str())
    }
}
