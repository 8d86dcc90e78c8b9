//! Where each value of a RON text stands: a tree of spans, found by path.
//!
//! Owns the shape of RON and nothing of what it means. A value that was read carries no place, so a check that
//! fails after reading ("no task is called `hug`") looks its place up here, and so does `--set PATH=VALUE`.
//!
//! A path is names and numbers with dots between: `machine.cores`, `workload.tasks.hog.ops.1.0`, `runs.async.workers`.
//! A name finds a field, an entry of a map, or the element of a list whose `id` it is; a number counts from 0.

use std::ops::Range;

/// Deeper nesting than this is refused, here as in reading.
pub const MAX_DEPTH: usize = 128;

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Its bytes in the text, a variant's name included.
    pub span: Range<usize>,
    /// The name before its parenthesis, or the bare word itself: `Work`, `fifo`, `true`. Empty if it has none.
    pub name: String,
    /// How it is written.
    pub shape: Shape,
    /// What it holds, in order.
    pub children: Vec<Child>,
}

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A number, a text, a word: holds nothing.
    Leaf,
    /// `( … )`; `open` is the byte after the parenthesis.
    Parens {
        /// Where a first field could be put.
        open: usize,
    },
    /// `[ … ]`
    List,
    /// `{ … }`
    Map,
}

/// A value inside another.
#[derive(Clone, Debug, PartialEq)]
pub struct Child {
    /// Its field's or entry's name; empty where it is found by number alone.
    pub key: String,
    /// Where that name stands; where the value stands, if it has none.
    pub key_span: Range<usize>,
    /// The value.
    pub node: Node,
}

/// How far a path led.
pub enum Found<'n> {
    /// To this value.
    Value(&'n Node),
    /// Not further than this value: it holds nothing of the name at `missing` in the path.
    Missing {
        /// The last value that was found.
        at: &'n Node,
        /// Which segment of the path was not.
        missing: usize,
    },
}

impl Node {
    /// Reads the outline of a text. None if it is not RON; reading it as RON says why.
    pub fn of(text: &str) -> Option<Node> {
        let mut scanner = Scanner { text, at: 0 };
        scanner.skip_space()?;
        while scanner.rest().starts_with("#!") {
            let end = scanner.rest().find(']')?;
            scanner.at += end + 1;
            scanner.skip_space()?;
        }
        let node = scanner.value(0)?;
        scanner.skip_space()?;
        scanner.rest().is_empty().then_some(node)
    }

    /// Follows a path as far as it leads.
    pub fn find<'n>(&'n self, path: &str) -> Found<'n> {
        let mut node = self.through_some();
        for (i, segment) in path.split('.').filter(|s| !s.is_empty()).enumerate() {
            match node.child(segment) {
                Some(child) => node = child.node.through_some(),
                None => return Found::Missing { at: node, missing: i },
            }
        }
        Found::Value(node)
    }

    /// Where the value at the path stands, or the last one on the way that exists.
    pub fn span_of(&self, path: &str) -> Range<usize> {
        match self.find(path) {
            Found::Value(node) | Found::Missing { at: node, .. } => node.span.clone(),
        }
    }

    /// Where the name of the value at the path stands, or what [`Node::span_of`] says.
    pub fn key_span_of(&self, path: &str) -> Range<usize> {
        let (parent, last) = path.rsplit_once('.').unwrap_or(("", path));
        match self.find(parent) {
            Found::Value(node) => node.child(last).map_or(node.span.clone(), |child| child.key_span.clone()),
            Found::Missing { at, .. } => at.span.clone(),
        }
    }

    /// The names by which what it holds is found: fields, entries, and the ids of a list's elements.
    pub fn keys(&self) -> Vec<String> {
        let named = self.children.iter().filter(|c| !c.key.is_empty()).map(|c| c.key.clone());
        let ids = self.children.iter().filter_map(|c| c.node.id());
        named.chain(ids).collect()
    }

    fn child(&self, segment: &str) -> Option<&Child> {
        if let Some(named) = self.children.iter().find(|c| !c.key.is_empty() && c.key == segment) {
            return Some(named);
        }
        match segment.parse::<usize>() {
            Ok(index) => self.children.get(index).filter(|c| c.key.is_empty()),
            Err(_) if self.shape == Shape::List => self.children.iter().find(|c| c.node.id_is(segment)),
            Err(_) => None,
        }
    }

    fn id_is(&self, segment: &str) -> bool {
        self.children.iter().any(|c| c.key == "id" && c.node.name == segment)
    }

    fn id(&self) -> Option<String> {
        self.children.iter().find(|c| c.key == "id").map(|c| c.node.name.clone())
    }

    fn through_some(&self) -> &Node {
        if self.name == "Some" && self.children.len() == 1 { &self.children[0].node } else { self }
    }
}

struct Scanner<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Scanner<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn take(&mut self, token: char) -> bool {
        let there = self.rest().starts_with(token);
        if there {
            self.at += token.len_utf8();
        }
        there
    }

    /// Skips blanks and comments. None if a comment does not end.
    fn skip_space(&mut self) -> Option<()> {
        loop {
            let rest = self.rest();
            let blank = rest.len() - rest.trim_start().len();
            self.at += blank;
            if self.rest().starts_with("//") {
                self.at += self.rest().find('\n').unwrap_or(self.rest().len());
            } else if self.rest().starts_with("/*") {
                self.skip_block_comment()?;
            } else if blank == 0 {
                return Some(());
            }
        }
    }

    fn skip_block_comment(&mut self) -> Option<()> {
        let mut depth = 0;
        loop {
            let rest = self.rest();
            if rest.starts_with("/*") {
                depth += 1;
                self.at += 2;
            } else if rest.starts_with("*/") {
                depth -= 1;
                self.at += 2;
                if depth == 0 {
                    return Some(());
                }
            } else {
                self.at += rest.chars().next()?.len_utf8();
            }
        }
    }

    fn value(&mut self, depth: usize) -> Option<Node> {
        if depth > MAX_DEPTH {
            return None;
        }
        let start = self.at;
        let name = match self.rest().chars().next()? {
            '"' | 'r' | 'b' | '\'' if self.starts_text() => {
                let name = self.quoted()?;
                return Some(Node { span: start..self.at, name, shape: Shape::Leaf, children: Vec::new() });
            }
            '(' | '[' | '{' => String::new(),
            _ => self.word()?,
        };
        let end_of_name = self.at;
        self.skip_space()?;
        let (shape, close) = match self.rest().chars().next() {
            Some('(') => (Shape::Parens { open: self.at + 1 }, ')'),
            Some('[') if name.is_empty() => (Shape::List, ']'),
            Some('{') if name.is_empty() => (Shape::Map, '}'),
            _ => {
                self.at = end_of_name;
                return Some(Node { span: start..end_of_name, name, shape: Shape::Leaf, children: Vec::new() });
            }
        };
        self.at += 1;
        let children = self.children(close, depth)?;
        Some(Node { span: start..self.at, name, shape, children })
    }

    fn children(&mut self, close: char, depth: usize) -> Option<Vec<Child>> {
        let mut children = Vec::new();
        loop {
            self.skip_space()?;
            if self.take(close) {
                return Some(children);
            }
            let first = self.value(depth + 1)?;
            self.skip_space()?;
            let child = if close != ']' && self.take(':') {
                self.skip_space()?;
                Child { key: first.name, key_span: first.span, node: self.value(depth + 1)? }
            } else {
                Child { key: String::new(), key_span: first.span.clone(), node: first }
            };
            children.push(child);
            self.skip_space()?;
            if !self.take(',') && !self.rest().starts_with(close) {
                return None;
            }
        }
    }

    /// A number or a word: everything up to a blank or a mark of RON's.
    fn word(&mut self) -> Option<String> {
        let rest = self.rest();
        let end = rest.find(|c: char| c.is_whitespace() || "()[]{},:\"'/".contains(c)).unwrap_or(rest.len());
        self.at += end;
        (end > 0).then(|| rest[..end].to_owned())
    }

    fn starts_text(&self) -> bool {
        let rest = self.rest().trim_start_matches('b');
        rest.starts_with(['"', '\'']) || rest.starts_with("r\"") || rest.starts_with("r#\"") || rest.starts_with("r##")
    }

    /// A text in quotes, raw or not; what stands between the quotes.
    fn quoted(&mut self) -> Option<String> {
        self.take('b');
        if self.take('r') {
            let hashes = self.rest().len() - self.rest().trim_start_matches('#').len();
            self.at += hashes + 1;
            let end = self.rest().find(&format!("\"{}", "#".repeat(hashes)))?;
            let text = self.rest()[..end].to_owned();
            self.at += end + 1 + hashes;
            return Some(text);
        }
        let quote = self.rest().chars().next()?;
        self.at += 1;
        let start = self.at;
        loop {
            let c = self.rest().chars().next()?;
            self.at += c.len_utf8();
            if c == '\\' {
                self.at += self.rest().chars().next()?.len_utf8();
            } else if c == quote {
                return Some(self.text[start..self.at - 1].to_owned());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r##"// a scenario
(
    id: "x", /* nested /* comment */ */
    machine: (cores: 4),
    tasks: {"hog": (ops: [Io("15ms"), Block("100ms"), Mark(r#"a "b" c"#)])},
    runs: [(id: "async", workers: Some(1)), (id: "threads")],
)"##;

    fn check(path: &str, expected: &str) {
        let outline = Node::of(TEXT).expect("the text is RON");
        match outline.find(path) {
            Found::Value(node) => assert_eq!(&TEXT[node.span.clone()], expected, "{path}"),
            Found::Missing { missing, .. } => panic!("{path}: segment {missing} is not found"),
        }
    }

    #[test]
    fn a_path_finds_the_text_of_its_value() {
        check("machine.cores", "4");
        check("tasks.hog.ops.1", r#"Block("100ms")"#);
        check("tasks.hog.ops.1.0", r#""100ms""#);
        check("tasks.hog.ops.2.0", r##"r#"a "b" c"#"##);
        check("runs.async.workers", "1");
        check("runs.1.id", r#""threads""#);
    }

    #[test]
    fn a_path_that_leads_nowhere_says_how_far_it_led() {
        let outline = Node::of(TEXT).unwrap();
        let Found::Missing { at, missing } = outline.find("tasks.hug.ops") else { panic!("it leads nowhere") };
        assert_eq!(missing, 1);
        assert_eq!(at.keys(), ["hog"]);
        let Found::Missing { at, .. } = outline.find("runs.thread") else { panic!("it leads nowhere") };
        assert_eq!(at.keys(), ["async", "threads"]);
    }

    #[test]
    fn what_is_not_ron_has_no_outline() {
        for text in ["", "(", "(a: 1", "(a: \"x)", "/* no end", "(a: 1) b", "(a 1)", &"[".repeat(100_000)] {
            assert_eq!(Node::of(text), None, "{}", &text[..text.len().min(20)]);
        }
    }
}
