//! Text in lines that fit a terminal.

/// The longest line that is written.
pub const WIDTH: usize = 96;

/// The text in lines of at most [`WIDTH`] characters, each after `indent` blanks.
pub fn wrap(text: &str, indent: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let longer = line.chars().count() + 1 + word.chars().count();
        if !line.is_empty() && indent + longer > WIDTH {
            lines.push(format!("{:indent$}{line}", ""));
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if !line.is_empty() {
        lines.push(format!("{:indent$}{line}", ""));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_broken_between_words() {
        let text = "word ".repeat(40);
        let lines = wrap(&text, 4);
        assert!(lines.len() > 1 && lines.iter().all(|line| line.len() <= WIDTH && line.starts_with("    word")));
        assert!(wrap("", 4).is_empty());
    }
}
