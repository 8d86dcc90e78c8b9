//! Whole runs and whole traces.

mod riskiest_bet;
