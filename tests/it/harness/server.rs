//! Candour itself, started in this process on the databases of one test, with a clock and a seed of the test's own.
