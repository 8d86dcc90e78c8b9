//! Which computer this is, and what day: what a profile says of where it was made.

use std::time::{SystemTime, UNIX_EPOCH};

/// "AMD EPYC, 4 cores, linux 6.18.0, x86_64".
pub fn computer() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let plural = if cores == 1 { "" } else { "s" };
    let line = |file: &str| std::fs::read_to_string(file).ok();
    let model = line("/proc/cpuinfo").and_then(|text| {
        let named = text.lines().find_map(|line| line.strip_prefix("model name"))?;
        Some(named.trim_start_matches([' ', '\t', ':']).trim().to_owned())
    });
    let release = line("/proc/sys/kernel/osrelease").map_or(String::new(), |text| format!(" {}", text.trim()));
    let (os, architecture) = (std::env::consts::OS, std::env::consts::ARCH);
    let processor = model.map_or(String::new(), |model| format!("{model}, "));
    format!("{processor}{cores} core{plural}, {os}{release}, {architecture}")
}

/// Today in UTC: "2026-11-21".
pub fn today() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
    date(since / 86_400)
}

/// The date of a day, counted from 1970-01-01. Years are counted from March, so that the leap day is a year's last; eras
/// of 400 years are all alike (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`).
fn date(days: u64) -> String {
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_dated() {
        let dates = [0, 59, 11_016, 11_017, 19_782, 20_778].map(date);
        assert_eq!(dates, ["1970-01-01", "1970-03-01", "2000-02-29", "2000-03-01", "2024-02-29", "2026-11-21"]);
    }

    #[test]
    fn a_computer_has_cores_and_a_system() {
        let said = computer();
        assert!(said.contains("core") && said.contains(std::env::consts::OS), "{said}");
    }
}
