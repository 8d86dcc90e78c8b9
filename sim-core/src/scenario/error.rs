//! What is wrong with a scenario file, and where.
//!
//! Owns the form of an error: file, line, column, what was expected, the nearest name. Knows nothing of what is checked.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use miette::{Diagnostic, LabeledSpan, NamedSource, SourceCode, SourceSpan};

/// The text that an error points into, under the name that people know it by.
pub type Source = Arc<NamedSource<String>>;

/// One thing that is wrong, and where it stands.
#[derive(Clone, Debug)]
pub struct Located {
    /// What is wrong, in a sentence.
    pub message: String,
    /// What is said right at the place; often what was expected there.
    pub label: String,
    /// What to do: the nearest name, or the names there are.
    pub help: Option<String>,
    /// Line of the place, from 1.
    pub line: usize,
    /// Column of the place, from 1, in characters.
    pub column: usize,
    file: String,
    place: Option<(SourceSpan, Source)>,
}

impl Located {
    /// An error at these bytes of the source.
    pub fn at(source: &Source, span: Range<usize>, message: impl Into<String>) -> Located {
        let text = source.inner();
        let start = floor_boundary(text, span.start);
        let end = floor_boundary(text, span.end).max(start);
        let before = &text[..start];
        Located {
            message: message.into(),
            label: "here".to_owned(),
            help: None,
            line: 1 + before.matches('\n').count(),
            column: 1 + before.chars().rev().take_while(|c| *c != '\n').count(),
            file: source.name().to_owned(),
            place: Some((SourceSpan::from(start..end), Arc::clone(source))),
        }
    }

    /// An error of a file of which no text can be shown: it is not there, it is too large, it is no text.
    pub fn in_file(file: &str, message: impl Into<String>) -> Located {
        Located {
            message: message.into(),
            label: String::new(),
            help: None,
            line: 1,
            column: 1,
            file: file.to_owned(),
            place: None,
        }
    }

    /// With these words right at the place.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Located {
        self.label = label.into();
        self
    }

    /// With this advice.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Located {
        self.help = Some(help.into());
        self
    }

    /// The file it is in.
    pub fn file(&self) -> &str {
        &self.file
    }
}

impl fmt::Display for Located {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Located {}

impl Diagnostic for Located {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.place.as_ref().map(|(_, source)| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let (span, _) = self.place.as_ref()?;
        Some(Box::new(std::iter::once(LabeledSpan::new_with_span(Some(self.label.clone()), *span))))
    }
}

/// Why a scenario cannot be used: everything that was found wrong with it, in order of place. Never empty.
#[derive(Clone, Debug)]
pub struct ScenarioErrors {
    file: String,
    errors: Vec<Located>,
}

impl ScenarioErrors {
    /// All that is wrong with a file. Panics if nothing is.
    pub fn new(file: &str, mut errors: Vec<Located>) -> ScenarioErrors {
        assert!(!errors.is_empty(), "errors without an error");
        errors.sort_by_key(|e| (e.line, e.column));
        ScenarioErrors { file: file.to_owned(), errors }
    }

    /// Each thing that is wrong.
    pub fn errors(&self) -> &[Located] {
        &self.errors
    }

    /// The file's name.
    pub fn file(&self) -> &str {
        &self.file
    }
}

impl From<Located> for ScenarioErrors {
    fn from(error: Located) -> ScenarioErrors {
        ScenarioErrors { file: error.file().to_owned(), errors: vec![error] }
    }
}

/// `file:line:column: what is wrong`, a line each.
impl fmt::Display for ScenarioErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, e) in self.errors.iter().enumerate() {
            let newline = if i == 0 { "" } else { "\n" };
            write!(f, "{newline}{}:{}:{}: {}", self.file, e.line, e.column, e.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for ScenarioErrors {}

impl Diagnostic for ScenarioErrors {
    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        Some(Box::new(self.errors.iter().map(|e| e as &dyn Diagnostic)))
    }
}

/// "did you mean `hog`?" where a name is near enough to be a slip; otherwise the names there are.
pub fn advice<'n>(wrong: &str, names: impl IntoIterator<Item = &'n str>, what: &str) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    if let Some(near) = nearest(wrong, names.iter().copied()) {
        return format!("did you mean `{near}`?");
    }
    match names.as_slice() {
        [] => format!("there is no {what} here"),
        [only] => format!("the only {what} is `{only}`"),
        many => {
            let shown: Vec<String> = many.iter().take(12).map(|n| format!("`{n}`")).collect();
            let more = if many.len() > 12 { format!(" and {} more", many.len() - 12) } else { String::new() };
            format!("there are {}{more}", shown.join(", "))
        }
    }
}

/// The name nearest to what was written, if it is near enough to be a slip.
pub fn nearest<'n>(wrong: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    // A slip of the pen changes a letter in three at most; the comparison is quadratic, so long texts are not compared.
    let wrong: String = wrong.chars().take(64).collect::<String>().to_lowercase();
    let distance = |name: &str| strsim::damerau_levenshtein(&wrong, &name.to_lowercase());
    names
        .into_iter()
        .filter(|name| name.len() <= 64)
        .take(1_000)
        .map(|name| (distance(name), name))
        .filter(|(d, name)| *d <= 1.max(name.chars().count() / 3))
        .min_by_key(|(d, _)| *d)
        .map(|(_, name)| name)
}

fn floor_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_the_name_that_was_meant() {
        assert_eq!(nearest("hug", ["hb", "hog"]), Some("hog"));
        assert_eq!(nearest("Wrok", ["Work", "Wait"]), Some("Work"));
        assert_eq!(nearest("database", ["hb", "hog"]), None);
        assert_eq!(advice("zzz", ["hb", "hog"], "task"), "there are `hb`, `hog`");
        assert_eq!(advice("zzz", [], "task"), "there is no task here");
    }

    #[test]
    fn an_error_knows_its_line_and_column() {
        let source = Arc::new(NamedSource::new("a.ron", "ä\n  böse".to_owned()));
        let error = Located::at(&source, 5..10, "no");
        assert_eq!((error.line, error.column), (2, 3));
        assert_eq!(ScenarioErrors::from(error).to_string(), "a.ron:2:3: no");
    }
}
