//! The words of the contract that the rest of the server speaks: plain values, the same whichever version a guest speaks.
//!
//! They are those of version 1 as long as there is no other.

pub use crate::round_v1::types::{
    Answer, Attribute, Bar, Button, Card, Cell, Chart, ChoiceInput, Ctx, Description, Entry, Evidence,
    Extension, Fact, Figure, Form, Heading, Kept, Label, Measure, Notice, NumberInput, OptionItem, Outcome,
    PageLink, Participant, Phase, PointsInput, Post, Problem, Progress, RankInput, Results, Rows, Share,
    Sheet, Table, TextInput, Thread, Tone, Value,
};
