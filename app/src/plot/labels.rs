//! The runs' names at the ends of their lines, kept apart.

use super::{Align, Frame, Ink, MOST_NAME, Mark, Place, TEXT, Weight, width_of};

/// From one name to the next.
const LINE: f32 = 14.0;
/// A name that stands further from its line's end than this is led to it.
const NEAR: f32 = 3.0;

/// Names the lines that end at these places.
pub(super) fn label(marks: &mut Vec<Mark>, ends: &[(usize, Place)], names: &[String], inside: Frame) {
    let mut ends: Vec<(usize, Place)> = ends.to_vec();
    ends.sort_by(|(_, a), (_, b)| a[1].total_cmp(&b[1]));
    let wanted: Vec<f32> = ends.iter().map(|(_, at)| at[1]).collect();
    let heights = apart(&wanted, inside.top - 4.0, inside.bottom + 2.0);
    for ((run, end), y) in ends.iter().zip(heights) {
        let left = inside.right + 12.0;
        let ink = Ink::Run(*run);
        if (y - end[1]).abs() > NEAR || end[0] < inside.right - 1.0 {
            let through = vec![[end[0] + 5.0, end[1]], [left - 3.0, y]];
            marks.push(Mark::Line { through, ink, width: 1.0 });
        }
        let text = cut(names.get(*run).map_or("", String::as_str));
        marks.push(Mark::Text { at: [left, y], text, size: TEXT, ink, align: Align::Start, weight: Weight::Medium });
    }
}

/// The name, with its middle left out where it is too long: names differ at their ends.
fn cut(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let most = (MOST_NAME / width_of("x", TEXT)) as usize;
    if letters.len() <= most {
        return name.to_owned();
    }
    let (head, tail) = (most.div_ceil(2), most / 2 - 1);
    let (head, tail): (String, String) =
        (letters[..head].iter().collect(), letters[letters.len() - tail..].iter().collect());
    format!("{head}…{tail}")
}

/// Heights as near to the wanted ones as they can be, a line apart. The wanted ones ascend.
fn apart(wanted: &[f32], top: f32, bottom: f32) -> Vec<f32> {
    let mut heights = wanted.to_vec();
    // Each crowd of names stands around the middle of what it wants.
    let mut crowds: Vec<(f32, usize)> = Vec::new();
    for want in wanted {
        crowds.push((*want, 1));
        while let [.., (above, many), (below, few)] = crowds[..]
            && below - above < LINE * (many + few) as f32 / 2.0
        {
            let all = many + few;
            let middle = (above * many as f32 + below * few as f32) / all as f32;
            crowds.truncate(crowds.len() - 2);
            crowds.push((middle, all));
        }
    }
    let mut at = 0;
    let mut free = top;
    for (n, (middle, many)) in crowds.iter().enumerate() {
        let after: usize = crowds[n..].iter().map(|(_, many)| many).sum();
        let most = bottom - LINE * (after as f32 - 1.0);
        let first = (middle - LINE * (*many as f32 - 1.0) / 2.0).min(most).max(free);
        for nth in 0..*many {
            heights[at] = first + LINE * nth as f32;
            at += 1;
        }
        free = first + LINE * *many as f32;
    }
    heights
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_a_line_apart_and_as_near_as_they_can() {
        assert_eq!(apart(&[10.0, 50.0], 0.0, 100.0), [10.0, 50.0]);
        assert_eq!(apart(&[50.0, 50.0], 0.0, 100.0), [43.0, 57.0]);
        assert_eq!(apart(&[100.0, 100.0, 100.0], 0.0, 100.0), [72.0, 86.0, 100.0]);
        let crowded = apart(&[1.0, 2.0, 3.0, 90.0, 95.0], 0.0, 100.0);
        assert!(crowded.windows(2).all(|pair| pair[1] - pair[0] >= LINE), "{crowded:?}");
        assert!(crowded[0] >= 0.0 && crowded[4] <= 100.0, "{crowded:?}");
    }

    #[test]
    fn a_long_name_loses_its_middle() {
        assert_eq!(cut("tokio_multi_thread"), "tokio_multi_thread");
        let cut = cut("a_run_with_a_name_that_nobody_wants_to_read_2");
        assert!(cut.starts_with("a_run") && cut.ends_with("read_2") && cut.contains('…'), "{cut}");
    }
}
