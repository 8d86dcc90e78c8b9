//! What someone waits for, in fewer words: for where room is short, what matters least goes first.

/// The words for what someone waits for, the longest first: then without what kind of thing it is, which its sign says,
/// then only with who holds it.
pub fn shorter(what: &str) -> Vec<String> {
    let mut forms = vec![what.to_owned()];
    // Without its first word it would say the opposite.
    if what.starts_with("nothing ") {
        forms.push("nobody".to_owned());
    } else if let Some((_, bare)) = what.split_once(' ') {
        // "end of req.0": the sign beside it says what is waited for, the name of whom.
        let bare = ["of ", "in "].into_iter().find_map(|word| bare.strip_prefix(word)).unwrap_or(bare);
        forms.push(bare.to_owned());
    }
    if let Some((_, holder)) = what.split_once(", held by ") {
        let alone = holder.split(", ").next().unwrap_or(holder);
        forms.extend([format!("held by {holder}"), format!("held by {alone}"), format!("by {alone}")]);
    }
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_holds_a_lock_is_said_in_every_form() {
        let forms = shorter("lock y, held by left, 2 in line");
        assert_eq!(forms[1], "y, held by left, 2 in line");
        assert_eq!(forms[2..], ["held by left, 2 in line", "held by left", "by left"]);
        assert_eq!(shorter("end of req.0 join 0")[1], "req.0 join 0");
        assert_eq!(shorter("blocking call"), ["blocking call", "call"]);
        assert_eq!(shorter("I/O"), ["I/O"]);
        assert_eq!(shorter("nothing will wake it"), ["nothing will wake it", "nobody"]);
    }
}
